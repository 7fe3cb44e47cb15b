import ast
import gettext
import re
from pathlib import Path

import dashboards

HERE = Path(dashboards.__file__).parent
CATALOGUE = HERE / "locale" / "en" / "LC_MESSAGES"


def said_in_python():
    for path in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                yield node.args[0].value


def said_in_templates():
    for path in (HERE / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for _quote, words in re.findall(r"""{% translate (["'])(.*?)\1 %}""", text):
            yield words
        for words in re.findall(r"{% blocktranslate[^%]*%}(.*?){% (?:endblocktranslate|plural) %}", text, re.S):
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", words.strip())


def translations():
    with (CATALOGUE / "django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    return {key[0] if isinstance(key, tuple) else key: said for key, said in catalogue._catalog.items() if key}


def test_no_string_is_untranslated():
    known = translations()
    assert {words for words in [*said_in_python(), *said_in_templates()] if not known.get(words)} == set()


def test_no_translation_is_left_in_chinese():
    assert [said for said in translations().values() if re.search(r"[\u4e00-\u9fff]", said)] == []


def test_translations_keep_their_placeholders():
    holes = re.compile(r"%\(\w+\)s")
    assert [key for key, said in translations().items() if set(holes.findall(key)) != set(holes.findall(said))] == []


def test_the_compiled_catalogue_is_that_of_the_source():
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    assert set(re.findall(r'^msgid "(.+)"$', text, re.M)) == set(translations())


def test_templates_hold_no_chinese_outside_of_translations():
    for path in (HERE / "templates").rglob("*.html"):
        text = re.sub(r"{% translate .*? %}", "", path.read_text(encoding="utf-8"))
        text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.S)
        assert re.findall(r"[\u4e00-\u9fff]+", text.replace("中文", "")) == [], path.name
