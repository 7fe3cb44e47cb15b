// Replaces each plain drawing by an interactive one, after the page can be read. Without this file nothing is missing.
"use strict";

Plotly.register({
  moduleType: "locale",
  name: "zh-CN",
  dictionary: {},
  format: {
    days: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    shortDays: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    months: ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"],
    shortMonths: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    date: "%Y-%m-%d",
  },
});

const NARROW = 600; // pixels of a chart

// The words 样本不足 are wider than a bar on a phone; the caption explains the ×.
function shorten(layout) {
  for (const note of layout.annotations) {
    if (note.name === "few") note.text = "×";
  }
}

const charts = document.querySelectorAll("[data-figure]");

for (const chart of charts) {
  const figure = JSON.parse(document.getElementById(chart.dataset.figure).textContent);
  if (chart.clientWidth < NARROW) shorten(figure.layout);
  const place = document.createElement("div");
  chart.replaceChildren(place); // before drawing, so that it takes the width that is there
  chart.classList.remove("scroll");
  Plotly.newPlot(place, figure.data, figure.layout, {
    displayModeBar: false,
    responsive: true,
    locale: document.documentElement.lang,
  });
}

const refit = () => charts.forEach((chart) => Plotly.Plots.resize(chart.firstElementChild));
window.addEventListener("beforeprint", refit);
window.addEventListener("afterprint", refit);
