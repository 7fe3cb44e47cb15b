"""Full Chinese names before a title or salutation, or after a cue such as `我叫`. Expects a text folded in place.

王建国局长 → [姓名]局长; 王局长 stays. Ordinary words that look like names (高级经理, 白天师傅) stay too: the given
name holds no sign of `_NEVER_GIVEN`, and words that begin with a surname are listed in `ordinary_words.txt`.
"""

import re
from collections.abc import Iterator
from importlib.resources import files

from pipelines.masking.spans import Span

NAME = "[姓名]"

_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍覃霍翁隋甘景单包宁柯"
    "阮桂闵解柴华冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧全褚廉简娄符奚穆燕郎邸冀谈姬屠连郜晏栾蒙计喻窦迟敖糜鄢冷卓花艾蓝巩稽练仲虞卞冼宗楚佟栗匡桑荆银沙岑胥佘皮肖代闫付邝缪鞠占晁苟"
)
_COMPOUND_SURNAMES = re.compile(
    "欧阳|上官|司马|诸葛|司徒|皇甫|尉迟|公孙|慕容|令狐|夏侯|宇文|长孙|轩辕|端木|独孤|南宫|闻人|呼延|淳于|申屠|钟离|鲜于"
)
# Surnames that more often are a preposition or verb (向李强局长): they give way to the name behind them.
_OFTEN_A_WORD = frozenset("向于任祝谢包关连曾许全管查解代方")
# Signs that make a word with the surname behind them (感谢, 主任, 经常): there it is none.
_WORD_TAILS = {
    "于": "关由对属在位等基鉴至处终过限低高便急忙",
    "谢": "感多谢致答",
    "任": "主担责信历现前原时就继出上曾",
    "安": "公治保西不",
    "林": "森园竹树造",
    "席": "主出缺首",
    "张": "主紧夸开扩",
    "常": "经非正日异通",
    "成": "责完达形变造组构促赞建",
    "程": "过工课流行日",
    "景": "背风场前情",
    "江": "浙镇",
    "方": "对甲乙我校警院买卖园双地官资",
    "何": "如为任",
    "单": "简订清名",
    "路": "道马公铁线",
    "金": "资现基租押定罚奖",
    "计": "会设统",
    "文": "语中发作公",
    "段": "路阶时",
    "管": "主分城监物尽保交不只",
    "华": "中",
    "查": "检调审",
    "关": "机相有海",
    "包": "承",
    "房": "住",
    "费": "收交学消",
    "边": "旁身路这那",
    "解": "了理",
    "高": "提最",
    "项": "事",
    "史": "历",
}
# Frequent signs that do not occur in given names: counted over the names of a tagged newspaper month.
_NEVER_GIVEN = frozenset(
    "的了不部近出是在为与及以您辆司这个到市对们主他产者动电于下报区分制过等场就与说面后事员资外务设总各将企问提当两表种委党度改着目入系活第位都导次题所去省领还已使管最结并技些持交点共由解界组院队决程门情调取间此局据议收府把际计"
    "集价办物口项节老职话无规看指族认但形困商手论难车质研处想条施式件气级数又县别剧给首没协投支推乡样片回神变只服示几整证视贫接极查那专反被百做头单势融构很究织副住费亿灾走感户房史演身席线每该率助谈策列快供"
    "批完转色许或带责型打具港它引识八需股何防况医值采讯送命案么切米消客划阿款速落段仅稳境告较往获厂负热警儿钱包她讲访亲断你评护息依晚欧排类未字俄油低版份便贸考校货层失师销检土须监抓律核突届救边足装验础按促"
    "扶摄紧古站减注域围即随汇旅限票努闻充奖执尽劳破预温食愿察岁税措态却除降菜挥配售且读网班写险离币终早属称舞驻担额请苦号底待控购药料像七顿病藏半眼派湾算什置针买吃塔互扩击附仍探候试故牌轻状听审编座止馆犯孩"
    "换害奥著逐索盟幅刻急戏罪脱激例卡测室损拥胡彻兼脑卖判播纷贯贷署私既绩谢败曲呼靠拿搞括短血移绝夜矿韩违差船灯暖店停捐艰顾够压街督某券招讨束妇疗库楼粮缺吸另套鼓诉归旦找邮践姓籍氏我哪啥吗呢吧啊哦嘛也让从向"
    "叫见跟帮骗骂课村镇科"
)
# A given name of one sign is none of these, one of two does not end so: 园方和老师, 金溪园大妈.
_NEVER_ALONE, _NEVER_LAST = frozenset("和有之名余会"), frozenset("园苑城府庄桥会人")
_INSIDE_NO_NAME = re.compile(
    "[中小大]学|公[司安]|平台|朋友|代理|驾驶|许多|于[今是去]|管理|文化|苏维|解放|纪念|全体"
    "|武汉|江苏|江西|安徽|温州|郑州|徐州|沈阳|成都|常州|金华|齐齐|石家|万州|柳州|余姚"
)
_ORDINARY_WORDS = frozenset(files(__package__).joinpath("ordinary_words.txt").read_text(encoding="utf-8").split())

_TITLES = (
    "书记|支书|局长|县长|市长|省长|区长|镇长|乡长|村长|主任|科长|处长|股长|队长|大队长|中队长|小队长|所长|校长|园长|院长|站长|厅长|部长|行长|会长|社长|厂长"
    "|店长|矿长|组长|班长|团长|站长|士长|检察长|董事长|理事长|总经理|经理|总监|主席|老师|教授|教练|医生|医师|大夫|护士|律师|法官|检察官"
    "|警官|民警|辅警|女士|先生|小姐|同志|同学|师傅|老板|阿姨|叔叔|大爷|大妈|大姐|大哥|奶奶|爷爷"
)
_TITLED = re.compile(_TITLES)
"""Of this there is something wherever `_TITLE` finds any; the long pattern is slow."""
_TITLE = re.compile(
    "(?:常务)?[副原前]?(?:党委|党组|党支部|支部|总支|执行|教导|办公室|护士|教务)?(?:"
    + _TITLES
    + ")(?![务何命解想论疗念傅产录载授权]|(?<=长)[期远久大达高得沙安途假城条度时坝青]|(?<=律师)[事所函])"
)
_CUE = re.compile(
    "(?:我叫|我是|名叫|本人(?:姓名|叫)?|(?:联系|投诉|举报|申请|反映|来信|当事|求助)人(?:姓名)?|姓名|户名|署名|落款)"
    "[:是为 ]{0,3}"
)
_AFTER_NAME = re.compile(
    r"$|[^\u4e00-\u9fff]|男|女|今年|现年|身份证|电话|手机|家住|住[在址]|系(?!电|方)|联系|是|现|于|在|，"
)
_FUNCTION_SIGN = re.compile("[的了是在为与和及]")
_DOTTED = re.compile("[\u4e00-\u9fff]{2,4}·[\u4e00-\u9fff]{2,4}$")
_GIVEN = re.compile("[\u4e00-\u9fff]{1,2}")


def find_names(folded: str) -> Iterator[Span]:
    """Full names (2–4 signs, or with a middle dot) before a title or after a cue; the title and the cue stay."""
    for title in _TITLE.finditer(folded) if _TITLED.search(folded) else ():
        start = _name_start(folded, title.start())
        if start is not None:
            yield Span(start, title.start(), NAME)
    for cue in _CUE.finditer(folded):
        end = _name_end(folded, cue.end())
        if end is not None:
            yield Span(cue.end(), end, NAME)


def _name_start(text: str, end: int) -> int | None:
    """Where a full name that ends at `end` begins: the longest reading, unless its surname is rather a word."""
    dotted = _DOTTED.search(text[max(0, end - 9) : end])
    if dotted and not _FUNCTION_SIGN.search(dotted[0]):
        return end - len(dotted[0])
    starts = [end - length for length in (4, 3, 2) if end >= length and _is_full_name(text[end - length : end])]
    for place, start in enumerate(starts):
        is_last = place == len(starts) - 1
        before, first = text[start - 1 : start], text[start]
        if first == "向" or (before and before in _WORD_TAILS.get(first, "")):
            continue
        if is_last or text[start] not in _OFTEN_A_WORD:
            return start
    return None


def _name_end(text: str, start: int) -> int | None:
    for length in (4, 3, 2):
        end = start + length
        if end <= len(text) and _is_full_name(text[start:end]) and _AFTER_NAME.match(text, end):
            return end
    return None


def _is_full_name(text: str) -> bool:
    """Whether 2–4 signs can be a surname with a given name of one or two signs, and are no ordinary word."""
    surname_length = 2 if _COMPOUND_SURNAMES.match(text) else 1
    given = text[surname_length:]
    if (surname_length == 1 and text[0] not in _SURNAMES) or not _GIVEN.fullmatch(given):
        return False
    if not _NEVER_GIVEN.isdisjoint(given) or given[1:] in _NEVER_LAST or _INSIDE_NO_NAME.search(text):
        return False
    if len(text) == 2:
        if text in _ORDINARY_WORDS or given in _NEVER_ALONE:
            return False
        if text[0] in _OFTEN_A_WORD and given in _SURNAMES:
            return False
    return not _TITLE.search(text)
