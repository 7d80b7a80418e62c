"""Free text of hours into OSM: known answers worked out by hand, laws, and the strings that real lists carry."""

import csv
import doctest
import re
import time
from datetime import date
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.hours.calendar import NO_CALENDAR
from stationmap.hours.expression import parse
from stationmap.hours.freetext.attachment import statements
from stationmap.hours.freetext.daytime import clock, span
from stationmap.hours.freetext.glyphs import plain
from stationmap.hours.freetext.lexicon import tokens
from stationmap.hours.freetext.phrases import phrases
from stationmap.hours.opening import Schedule, State, Timetable
from stationmap.hours.text import LONGEST, Reading, read

WEEKDAYS_AND_TIMES = [
    ("周一至周五 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("星期一~星期五 8:30-17:30", "Mo-Fr 08:30-17:30"),
    ("礼拜一到礼拜五9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("周一—周五9:00－17:00", "Mo-Fr 09:00-17:00"),
    ("周1-周5 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("周1至5 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("周一一周五 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("周一至五 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("周一、三、五 9:00-17:00", "Mo,We,Fr 09:00-17:00"),
    ("周一三五 9:00-17:00", "Mo,We,Fr 09:00-17:00"),
    ("周二/四 14:00-17:00", "Tu,Th 14:00-17:00"),
    ("每周一 9:00-12:00", "Mo 09:00-12:00"),
    ("逢周三 9:00-17:00", "We 09:00-17:00"),
    ("周六日 10:00-16:00", "Sa,Su 10:00-16:00"),
    ("周六、日 10:00-16:00", "Sa,Su 10:00-16:00"),
    ("周六周日9:00-18:00", "Sa,Su 09:00-18:00"),
    ("星期天 10:00-16:00", "Su 10:00-16:00"),
    ("周五至周一 10:00-16:00", "Mo,Fr-Su 10:00-16:00"),
    ("周一到周末 8:30-21:00", "08:30-21:00"),
    ("长期开放 8:00-20:00", "08:00-20:00"),
    ("周一至周三、周五至周日 9:00-17:00", "Mo-We,Fr-Su 09:00-17:00"),
    ("双休日 10:00-16:00", "Sa,Su 10:00-16:00"),
    ("周末 9-17", "Sa,Su 09:00-17:00"),
    ("工作日 9:00-17:00", "Mo-Fr 09:00-17:00; PH off"),
    ("法定工作日 9:00-17:00", "Mo-Fr 09:00-17:00; PH off"),
    ("工作日（周一至周五）9:00-17:00", "Mo-Fr 09:00-17:00; PH off"),
    ("周一至周五（工作日）9:00-17:00", "Mo-Fr 09:00-17:00; PH off"),
    ("工作日 24小时", "Mo-Fr 00:00-24:00; PH off"),
    ("周一至周日 08:00-20:00", "08:00-20:00"),
    ("08:00-20:00(周一至周日)", "08:00-20:00"),
    ("8:00-20:00", "08:00-20:00"),
    ("每天8:00-20:00", "08:00-20:00"),
    ("每日 9:00-21:00", "09:00-21:00"),
    ("天天 9:00-21:00", "09:00-21:00"),
    ("全年 9:00-21:00", "09:00-21:00"),
    ("全年无休 8:00-22:00", "08:00-22:00"),
    ("周一至周五 9:00-18:00，周六 10:00-17:00，周日 10:00-16:00", "Mo-Fr 09:00-18:00; Sa 10:00-17:00; Su 10:00-16:00"),
    (
        "周一至周四 9:00-17:00 周五 9:00-16:00 周末 10:00-15:00",
        "Mo-Th 09:00-17:00; Fr 09:00-16:00; Sa,Su 10:00-15:00",
    ),
    ("周一：9:00-17:00,周二：9:00-17:00,周三：9:00-17:00,周四：休息", "Mo-We 09:00-17:00; Th off"),
    ("周一 休息；周二 9:00-17:00；周五 9:00-20:00", "Tu 09:00-17:00; Fr 09:00-20:00; Mo off"),
    ("9:00-17:00（周一至周五），周末休息", "Mo-Fr 09:00-17:00; Sa,Su off"),
    ("9:00-17:00 周一至周五 10:00-16:00 周末", "Mo-Fr 09:00-17:00; Sa,Su 10:00-16:00"),
    ("8:00-22:00 周一至周日", "08:00-22:00"),
    ("上午8:30-11:30,下午1:30-5:00(周一至周五),周六上午8:30-11:30", "Mo-Fr 08:30-11:30,13:30-17:00; Sa 08:30-11:30"),
    ("每天 9:00-17:00 周三 13:00-20:00", "Mo,Tu,Th-Su 09:00-17:00; We 13:00-20:00"),
    ("周三 9:00-12:00，其余时间 9:00-17:00", "Mo,Tu,Th-Su 09:00-17:00; We 09:00-12:00"),
    ("平日 9:00-17:00 周末 10:00-18:00", "Mo-Fr 09:00-17:00; Sa,Su 10:00-18:00"),
    ("星期一到星期五。\n9:30-17:00", "Mo-Fr 09:30-17:00"),
    ("周一至周五9:00-17:00 周六至周日9:00-16:00", "Mo-Fr 09:00-17:00; Sa,Su 09:00-16:00"),
    ("每月第一、三个周六 9:00-12:00", "Sa[1],Sa[3] 09:00-12:00"),
    ("每天9:00-17:00，每月最后一个周五闭馆", "09:00-17:00; Fr[-1] off"),
    ("每月最后一个周五", "Fr[-1] unknown"),
]
CLOCKS = [
    ("8:00-12:00、14:00-18:00", "08:00-12:00,14:00-18:00"),
    ("8:00-12:00；14:00-18:00", "08:00-12:00,14:00-18:00"),
    ("8:00-12:00/14:00-18:00", "08:00-12:00,14:00-18:00"),
    ("8:00-12:00 及 14:00-18:00", "08:00-12:00,14:00-18:00"),
    ("8:00-12:00和14:00-18:00", "08:00-12:00,14:00-18:00"),
    ("8:00-12:00\n14:00-18:00", "08:00-12:00,14:00-18:00"),
    ("8:00-12:0014:00-18:00", "08:00-12:00,14:00-18:00"),
    ("7:00-9:00，11:00-13:00，17:00-19:00", "07:00-09:00,11:00-13:00,17:00-19:00"),
    ("上午8点半至11点半，下午2点—5点30分", "08:30-11:30,14:00-17:30"),
    ("上午：8:30-11:30 下午：2:30-5:00", "08:30-11:30,14:30-17:00"),
    ("上午八点到十二点", "08:00-12:00"),
    ("早8点到晚10点", "08:00-22:00"),
    ("早8:00-晚8:00 中午不休息", "08:00-20:00"),
    ("早九晚五", "09:00-17:00"),
    ("朝九晚六", "09:00-18:00"),
    ("8:30-12:00（上午）2:30-5:30（下午）", "08:30-12:00,14:30-17:30"),
    ("８：３０－１１：３０，１３：３０－１７：００", "08:30-11:30,13:30-17:00"),
    ("9∶00～17∶00", "09:00-17:00"),
    ("9:00一17:00", "09:00-17:00"),
    ("9:00——17:00", "09:00-17:00"),
    ("8;30-17;30", "08:30-17:30"),
    ("8³⁰-17³⁰", "08:30-17:30"),
    ("8.30-17.30", "08:30-17:30"),
    ("8.30-11.30 13.30-17.30", "08:30-11:30,13:30-17:30"),
    ("8时30分-17时30分", "08:30-17:30"),
    ("八点半至十七点半", "08:30-17:30"),
    ("9点到二十点", "09:00-20:00"),
    ("十二点一刻至二十点三刻", "12:15-20:45"),
    ("8-20点", "08:00-20:00"),
    ("9-21点", "09:00-21:00"),
    ("8:00-12:00 2:00-6:00", "08:00-12:00,14:00-18:00"),
    ("8点-20点", "08:00-20:00"),
    ("0930 - 1700", "09:30-17:00"),
    ("从8:30到17:30", "08:30-17:30"),
    ("09:00:00-17:00:00", "09:00-17:00"),
    ("上午9:00-下午5:00", "09:00-17:00"),
    ("下午2:00-5:00", "14:00-17:00"),
    ("下午14:30-17:30", "14:30-17:30"),
    ("中午11:30-1:30", "11:30-13:30"),
    ("中午12点到下午2点", "12:00-14:00"),
    ("清晨5点至傍晚6点", "05:00-18:00"),
    ("晚上7点到11点", "19:00-23:00"),
    ("8:30-12:00 2:30-5:30", "08:30-12:00,14:30-17:30"),
    ("9:00-24:00", "09:00-24:00"),
    ("9:00-0:00", "09:00-24:00"),
    ("早上9:00开门，晚上9:00关门", "09:00-21:00"),
    ("上午11:00開館 至 晚上20:00閉館", "11:00-20:00"),
    ("早餐6:30-9:00，午餐11:00-13:30，晚餐17:00-19:30", "06:30-09:00,11:00-13:30,17:00-19:30"),
    ("20:00-次日6:00", "20:00-06:00"),
    ("22:00-翌日08:00", "22:00-08:00"),
    ("22:00-(次日)8:00", "22:00-08:00"),
    ("19:00至第二天7:00", "19:00-07:00"),
    ("晚8:00-次日凌晨2:00", "20:00-02:00"),
    ("晚上8点到凌晨2点", "20:00-02:00"),
    ("夜间22:00-6:00", "22:00-06:00"),
    ("17:00-9:00", "17:00-09:00"),
    ("10:00-02:00", "10:00-02:00"),
    ("周五 8:00-次日8:00", "Fr 08:00-08:00"),
    ("24小时", "24/7"),
    ("24h", "24/7"),
    ("二十四小时", "24/7"),
    ("全天", "24/7"),
    ("全天开放", "24/7"),
    ("全天候", "24/7"),
    ("7×24", "24/7"),
    ("7*24小时", "24/7"),
    ("24/7", "24/7"),
    ("365天24小时不打烊", "24/7"),
    ("24小时全天候开放，全年无休", "24/7"),
    ("24小时开放（节假日不休）", "24/7"),
    ("24小时智能驿站", "24/7"),
    ("00:00-24:00", "24/7"),
    ("0:00-23:59", "24/7"),
    ("周一至周日 全天", "24/7"),
    ("周一至周五 24小时", "Mo-Fr 00:00-24:00"),
    ("24小时，节假日休息", "00:00-24:00; PH off"),
    ("全天9:00-21:00", "09:00-21:00"),
]
NUMBERS_ALONE = [
    ("8-20", "08:00-20:00", ()),
    ("9-17", "09:00-17:00", ()),
    ("8～22。", "08:00-22:00", ()),
    ("本站 9-17，具体以现场为准", "09:00-17:00", ("具体以现场为准",)),
]
CLOSINGS = [
    ("周一至周五 9:00-18:00（午休12:00-14:00）", "Mo-Fr 09:00-12:00,14:00-18:00"),
    ("周一至周五 9:00-18:00，午休12:00-14:00", "Mo-Fr 09:00-12:00,14:00-18:00"),
    ("周一至周五 9:00-18:00，中午休息 11:30-13:30", "Mo-Fr 09:00-11:30,13:30-18:00"),
    ("周一至周五 9:00-18:00 中午12:00-13:00休息", "Mo-Fr 09:00-12:00,13:00-18:00"),
    ("午休12:00-14:00，周一至周五 9:00-18:00", "Mo-Fr 09:00-12:00,14:00-18:00"),
    ("9:00-18:00 休息 12:00-13:00", "09:00-12:00,13:00-18:00"),
    ("周一至周五 9:00-17:00 (12:00-14:00除外)", "Mo-Fr 09:00-12:00,14:00-17:00"),
    (
        "周一至周五 9:00-18:00；周六 9:00-17:00；午休12:00-13:00",
        "Mo-Fr 09:00-12:00,13:00-18:00; Sa 09:00-12:00,13:00-17:00",
    ),
    ("周一 12:00-14:00 休息，每天 9:00-18:00", "Mo 09:00-12:00,14:00-18:00; Tu-Su 09:00-18:00"),
    ("周一闭馆", "Tu-Su unknown; Mo off"),
    ("周一休息，每天9:00-17:00", "Tu-Su 09:00-17:00; Mo off"),
    ("每天9:00-17:00 逢周一闭馆", "Tu-Su 09:00-17:00; Mo off"),
    ("9:00-12:00 13:00-18:00 周一休", "Tu-Su 09:00-12:00,13:00-18:00; Mo off"),
    ("闭馆日：周一。9:00-17:00", "Tu-Su 09:00-17:00; Mo off"),
    ("周一为闭馆日，周二至周日 9:00-17:00", "Tu-Su 09:00-17:00; Mo off"),
    ("周三至周日 09:00 – 17:00（周一、周二闭园）", "We-Su 09:00-17:00; Mo,Tu off"),
    ("周日不开放，其他时间8:00-20:00", "Mo-Sa 08:00-20:00; Su off"),
    ("周一至周五8:00-18:00,周六、日全天休息", "Mo-Fr 08:00-18:00; Sa,Su off"),
    ("工作日9:00-17:00，晚间不开放", "Mo-Fr 09:00-17:00; PH off"),
    ("上午闭馆，下午14:00-17:00", "14:00-17:00"),
    ("周一至周五 8:30-12:00 14:00-17:30，每周五下午闭馆", "Mo-Th 08:30-12:00,14:00-17:30; Fr 08:30-12:00"),
    ("除周一外，每天 9:00-17:00", "Tu-Su 09:00-17:00; Mo off"),
    ("除周一闭馆外，每天 9:00-17:00", "Tu-Su 09:00-17:00; Mo off"),
    ("9:00-17:00（周三除外）", "Mo,Tu,Th-Su 09:00-17:00; We off"),
    ("非周一 9:00-17:00", "Tu-Su 09:00-17:00; Mo off"),
    ("9:00-17:00（不含周末）", "Mo-Fr 09:00-17:00; Sa,Su off"),
    ("9:00-17:00（含周末）", "09:00-17:00"),
    ("暂停开放", "off"),
    ("暂停服务", "off"),
    ("停用", "off"),
    ("长期关闭", "off"),
    ("周一到周五9:00~17:00，周末不开", "Mo-Fr 09:00-17:00; Sa,Su off"),
    (
        "8:00-12:00;14:00-18:00（周三下午不对外）",
        "Mo,Tu,Th-Su 08:00-12:00,14:00-18:00; We 08:00-12:00",
    ),
    ("已关闭", "off"),
    ("暂不对外开放", "off"),
]
HOLIDAYS = [
    ("周一至周五 8:30-11:30 13:30-17:00，法定节假日休息", "Mo-Fr 08:30-11:30,13:30-17:00; PH off"),
    ("周一至周五（法定节假日除外）上午9:00-12:00，下午13:00-17:00", "Mo-Fr 09:00-12:00,13:00-17:00; PH off"),
    ("周一至周五(除法定节假日) 9:00-17:00", "Mo-Fr 09:00-17:00; PH off"),
    ("除法定节假日外，每天9:00-17:00", "09:00-17:00; PH off"),
    ("国家法定假日除外，每天 8:00-18:00", "08:00-18:00; PH off"),
    ("8:00-18:00，节假日按国家规定休息", "08:00-18:00; PH off"),
    ("周一至周五 9:00-17:00，如遇节假日休息", "Mo-Fr 09:00-17:00; PH off"),
    ("周一至周五 9:00-17:00，周末及法定节假日休息", "Mo-Fr 09:00-17:00; Sa,Su,PH off"),
    ("工作日8：00-18：00，周六9：00-12：00，周日及法定节假日休息", "Mo-Fr 08:00-18:00; Sa 09:00-12:00; Su,PH off"),
    ("早上8:00-12:00 下午14:00-18:00（周末及法定节假日休息）", "Mo-Fr 08:00-12:00,14:00-18:00; Sa,Su,PH off"),
    ("周一至周五9:00-17:00，周六日休息，法定节假日除外", "Mo-Fr 09:00-17:00; Sa,Su,PH off"),
    ("双休日及节假日 10:00-16:00", "Sa,Su,PH 10:00-16:00"),
    ("双休日及节假日", "Sa,Su,PH unknown"),
    ("周一至周五 9:00-17:00, 周六日及节假日 10:00-16:00", "Mo-Fr 09:00-17:00; Sa,Su,PH 10:00-16:00"),
    ("工作日 9:00-17:00，节假日 10:00-16:00", "Mo-Fr 09:00-17:00; PH 10:00-16:00"),
    ("节假日：10:00-16:00 平时：9:00-17:00", "09:00-17:00; PH 10:00-16:00"),
    ("工作日 8:30-17:30；周末 9:00-16:30", "Mo-Fr 08:30-17:30; Sa,Su 09:00-16:30; PH unknown"),
    ("周一至周五 9:00-17:00，节假日不休", "Mo-Fr,PH 09:00-17:00"),
    ("周一至周五 9:00-17:00，节假日正常开放", "Mo-Fr,PH 09:00-17:00"),
    ("周一至周五 9:00-17:00（含节假日）", "Mo-Fr,PH 09:00-17:00"),
    ("8:00-20:00 节假日正常开放", "08:00-20:00"),
    ("周一至周五 8:00-17:00 双休日、节假日不休", "08:00-17:00"),
    ("周一至周六 8:00-18:00，周日休息，法定节假日正常营业", "Mo-Sa 08:00-18:00; Su off; PH 08:00-18:00"),
    (
        "周一至周五 9:00-17:00，周末10:00-16:00，节假日正常开放",
        "Mo-Fr,PH 09:00-17:00; Sa,Su 10:00-16:00",
    ),
    (
        "周二至周五 9:00-17:00，周六日 10:00-16:00，逢周一闭馆，法定节假日正常开放",
        "Mo off; Tu-Fr,PH 09:00-17:00; Sa,Su 10:00-16:00",
    ),
    ("周二至周日 9:00-17:00 周一闭馆（法定节假日除外）", "Tu-Su 09:00-17:00; Mo off; PH 09:00-17:00"),
    ("逢周一闭馆(法定节假日除外)", "Tu-Su unknown; Mo off; PH unknown"),
    ("每周一（法定节假日除外）闭馆，其余时间9:00-17:00", "Tu-Su 09:00-17:00; Mo off; PH 09:00-17:00"),
    ("非节假日9:00-17:00", "09:00-17:00; PH off"),
    ("非工作日休息", "Mo-Fr unknown; Sa,Su,PH off"),
    ("工作日开放", "Mo-Fr unknown; PH off"),
    ("周末开放", "Sa,Su unknown"),
    ("法定节假日休息", "unknown; PH off"),
    ("全年无休", "unknown"),
    ("长期开放", "unknown"),
    ("节假日照常 8:00-22:00", "08:00-22:00"),
    ("节假日正常开放9:00-16:00，工作日 8:00-18:00", "Mo-Fr 08:00-18:00; PH 09:00-16:00"),
    ("工作日 8:00-18:00，节假日正常开放 9:00-16:00", "Mo-Fr 08:00-18:00; PH 09:00-16:00"),
    ("星期一至五 08:30-17:30 星期六 08:30-12:30 星期日及公众假期休息", "Mo-Fr 08:30-17:30; Sa 08:30-12:30; Su,PH off"),
]
DATES = [
    ("夏季（5月-10月） 8:00-18:00；冬季（11月-4月） 8:30-17:30", "May-Oct 08:00-18:00; Nov-Apr 08:30-17:30"),
    (
        "夏季(5月1日-9月30日)8:00-18:30；冬令时(10月-次年4月)9:00-17:00",
        "May 01-Sep 30 08:00-18:30; Oct-Apr 09:00-17:00",
    ),
    (
        "夏季8:00-18:00（5月1日-9月30日），冬季8:30-17:30（10月1日-4月30日）",
        "May 01-Sep 30 08:00-18:00; Oct 01-Apr 30 08:30-17:30",
    ),
    (
        "夏时制（5.1-9.30）：8:00-12:00，15:00-18:00；冬时制（10.1-4.30）：8:00-17:30",
        "May 01-Sep 30 08:00-12:00,15:00-18:00; Oct 01-Apr 30 08:00-17:30",
    ),
    (
        "夏令时\n每年5月1日至9月30日\n开放时间:早8点至晚9点\n冬令时\n10月1日至次年4月30日\n开放时间:早8点至晚8点",
        "May 01-Sep 30 08:00-21:00; Oct 01-Apr 30 08:00-20:00",
    ),
    (
        "周一至周五 夏季(5月-9月)8:00-18:00 冬季(10月-4月)8:30-17:30",
        "May-Sep Mo-Fr 08:00-18:00; Oct-Apr Mo-Fr 08:30-17:30",
    ),
    (
        "夏季(5-9月)周一至周五8:00-18:00 周末9:00-17:00 冬季(10-4月)9:00-16:00",
        "May-Sep Mo-Fr 08:00-18:00; May-Sep Sa,Su 09:00-17:00; Oct-Apr 09:00-16:00",
    ),
    (
        "周一至周五，夏季8:30-18:00，冬季 8:30-17:30（夏季：6月1日-9月30日，冬季：10月1日-5月31日）",
        "Jun 01-Sep 30 Mo-Fr 08:30-18:00; Oct 01-May 31 Mo-Fr 08:30-17:30",
    ),
    ("夏季（6月-8月）7:00-19:00，冬季 8:00-18:00", "08:00-18:00; Jun-Aug 07:00-19:00"),
    (
        "夏季(5月-9月)8:00-18:00，冬季(10月-4月)8:30-17:30；周一闭馆",
        "Mo off; May-Sep Tu-Su 08:00-18:00; Oct-Apr Tu-Su 08:30-17:30",
    ),
    ("夏季(5月1日-9月30日)8:00-18:30", "unknown; May 01-Sep 30 08:00-18:30"),
    (
        "周一至周五 9:00-17:00，周末10:00-16:00；7-8月 周一至周五 9:00-20:00",
        "Mo-Fr 09:00-17:00; Sa,Su 10:00-16:00; Jul-Aug Mo-Fr 09:00-20:00",
    ),
    ("工作日9:00-17:00，夏季(5-9月)9:00-18:00", "Mo-Fr 09:00-17:00; May-Sep Mo-Fr 09:00-18:00; PH off"),
    ("4月-10月 9:00-17:00", "Apr-Oct 09:00-17:00"),
    ("高温期间（6月-9月）9:00-20:00", "Jun-Sep 09:00-20:00"),
    ("8:00-18:00，高温期间（6月-9月）8:00-20:00", "08:00-18:00; Jun-Sep 08:00-20:00"),
    ("5-9月 8:00-18:00", "May-Sep 08:00-18:00"),
    ("1-4月、11-12月 9:00-16:30；5-10月 9:00-17:30", "Jan-Apr,Nov-Dec 09:00-16:30; May-Oct 09:00-17:30"),
    ("五月至九月 8:00-18:00", "May-Sep 08:00-18:00"),
    ("2026年5月至9月 8:00-18:00", "2026 May-Sep 08:00-18:00"),
    ("2026年12月至次年2月 8:00-17:00", "2026 Dec-2027 Feb 08:00-17:00"),
    ("暑假(7月1日-8月31日) 8:00-20:00，其他时间 9:00-17:00", "09:00-17:00; Jul 01-Aug 31 08:00-20:00"),
    ("5月至10月：8:00-18:00；其余月份：9:00-17:00", "09:00-17:00; May-Oct 08:00-18:00"),
    ("2026年2月16日至22日休息", "unknown; 2026 Feb 16-22 off"),
    ("每天9:00-17:00，2026年2月16日至3月2日闭馆", "09:00-17:00; 2026 Feb 16-2026 Mar 02 off"),
    ("每天9:00-17:00，2025年12月30日至2026年1月2日闭馆", "09:00-17:00; 2025 Dec 30-2026 Jan 02 off"),
    ("每天9:00-17:00，2025年12月30日至1月2日闭馆", "09:00-17:00; 2025 Dec 30-2026 Jan 02 off"),
    ("2026-02-16至2026-02-22闭馆，每天9:00-17:00", "09:00-17:00; 2026 Feb 16-22 off"),
    ("2026.2.16-2.22 闭馆，每天9:00-17:00", "09:00-17:00; 2026 Feb 16-22 off"),
    ("2026年春节（2月15日-2月23日）闭馆，每天9:00-17:00", "09:00-17:00; 2026 Feb 15-23 off"),
    ("周一至周日 8:00-20:00，10月1日至7日 9:00-16:00", "08:00-20:00; Oct 01-07 09:00-16:00"),
    ("国庆节（10月1日-3日）闭馆，每天9:00-17:00", "09:00-17:00; Oct 01-03 off"),
    ("9:00-17:00，元旦（1月1日）休息", "09:00-17:00; Jan 01 off"),
    ("1月1日、5月1日、10月1日休息，其余每天 9:00-17:00", "09:00-17:00; Jan 01,May 01,Oct 01 off"),
    ("2026年1月1日、5月1日休息，每天 9:00-17:00", "09:00-17:00; 2026 Jan 01,2026 May 01 off"),
]
ENGLISH = [
    ("Mon-Fri 9am-5pm", "Mo-Fr 09:00-17:00"),
    ("Monday to Friday 09:00–17:30", "Mo-Fr 09:00-17:30"),
    ("Monday through Friday 10.00 am to 5.00 pm", "Mo-Fr 10:00-17:00"),
    ("Mon–Fri: 9:00 AM – 5:00 PM; Sat: 10:00 AM – 2:00 PM; Sun: Closed", "Mo-Fr 09:00-17:00; Sa 10:00-14:00; Su off"),
    ("Mon, Wed, Fri 10:00-18:00", "Mo,We,Fr 10:00-18:00"),
    ("Tuesdays and Thursdays 2pm-6pm", "Tu,Th 14:00-18:00"),
    ("Mon-Fri 9am-5pm, closed on public holidays", "Mo-Fr 09:00-17:00; PH off"),
    ("Daily 8:00 am - 10:00 pm", "08:00-22:00"),
    ("weekends 10-16", "Sa,Su 10:00-16:00"),
    ("Weekdays 8:30am–6pm, weekends 10am–4pm", "Mo-Fr 08:30-18:00; Sa,Su 10:00-16:00"),
    ("24 hours", "24/7"),
    ("Open 24 hours a day, 7 days a week", "24/7"),
    ("noon to midnight", "12:00-24:00"),
    ("9-5pm", "09:00-17:00"),
    ("2-5pm", "14:00-17:00"),
    ("9am-12pm", "09:00-12:00"),
    ("10pm-2am", "22:00-02:00"),
    ("Open daily 9am to 5pm except Mondays", "Tu-Su 09:00-17:00; Mo off"),
    ("Mon-Sat 8am-8pm, Sun & public holidays 9am-6pm", "Mo-Sa 08:00-20:00; Su,PH 09:00-18:00"),
    (
        "Mon to Fri: 9.00am - 6.00pm; Sat: 9.00am - 1.00pm; Closed on Sun & PH",
        "Mo-Fr 09:00-18:00; Sa 09:00-13:00; Su,PH off",
    ),
    ("First Saturday of each month 9:00-12:00", "Sa[1] 09:00-12:00"),
    ("1 May - 30 Sep 9:00-18:00", "May 01-Sep 30 09:00-18:00"),
    ("lunch break 12:00-13:00, Mon-Fri 9:00-17:00", "Mo-Fr 09:00-12:00,13:00-17:00"),
]
DRESSED = [
    ("营业时间：8:00-22:00", "08:00-22:00"),
    ("开放时间:周一至周五 8:00-17:00", "Mo-Fr 08:00-17:00"),
    ("对外开放时间为周二至周日9:00—17:30", "Tu-Su 09:00-17:30"),
    ("週一至週五 營業時間 09:00-18:00 星期六、日休館", "Mo-Fr 09:00-18:00; Sa,Su off"),
    ("周一至周五9:00-17:00<br/>周六9:00-12:00", "Mo-Fr 09:00-17:00; Sa 09:00-12:00"),
    ("<p>周一至周五&nbsp;9:00&ndash;17:00</p>", "Mo-Fr 09:00-17:00"),
    ("1、周一至周五 9:00-17:00；2、周六、周日 10:00-16:00", "Mo-Fr 09:00-17:00; Sa,Su 10:00-16:00"),
    ("①周一至周五 9:00-17:00 ②周六日 10:00-16:00", "Mo-Fr 09:00-17:00; Sa,Su 10:00-16:00"),
    ("（1）工作日8:30-17:30（2）节假日9:00-16:00", "Mo-Fr 08:30-17:30; PH 09:00-16:00"),
    ("图书馆 周一至周五 8:00-22:00，周末 9:00-21:00", "Mo-Fr 08:00-22:00; Sa,Su 09:00-21:00"),
    ("全馆周一闭馆，周二至周日9:00-17:00", "Tu-Su 09:00-17:00; Mo off"),
    ("\ufeff周一至周五\u200b 9:00-17:00\x00", "Mo-Fr 09:00-17:00"),
]
OSM = [
    ("Mo-Fr 9:00-17:00; PH off", "Mo-Fr 09:00-17:00; PH off"),
    ("Tu 11:00-20:00;We-Su 11:00-18:00", "Tu 11:00-20:00; We-Su 11:00-18:00"),
    ("Jun-Aug: Su-Sa 09:00-24:00; Sep-May: Su-Sa 09:00-18:00", "Jun-Aug Su-Sa 09:00-24:00; Sep-May Su-Sa 09:00-18:00"),
    ("08:00-12:00,14:00-16:00", "08:00-12:00,14:00-16:00"),
    ("Mo-Fr 17:00-02:00", "Mo-Fr 17:00-02:00"),
    ("Mo-Fr sunrise-sunset", "Mo-Fr sunrise-sunset"),
    ("Fr-Sa 17:00-2:00", "Fr,Sa 17:00-02:00"),
    ("Sa-Su 10-16", "Sa,Su 10:00-16:00"),
    ("Mo-Fr open", "Mo-Fr"),
    ("Mo-Fr", "Mo-Fr unknown"),
    ("10:00+", "10:00+"),
    ("closed", "off"),
]
WHOLLY_READ = [*WEEKDAYS_AND_TIMES, *CLOCKS, *CLOSINGS, *HOLIDAYS, *DATES, *ENGLISH, *DRESSED, *OSM]
CERTAIN = [
    *NUMBERS_ALONE,
    ("服务时间 8:00-17:00，如有变动以现场公告为准", "08:00-17:00", ("如有变动以现场公告为准",)),
    ("08:00-18:00（以实际为准）", "08:00-18:00", ("以实际为准",)),
    ("8:00-18:00，节假日除外，具体以现场为准", "08:00-18:00; PH off", ("具体以现场为准",)),
    ("周一至周五9:00-17:00，节假日另行通知", "Mo-Fr 09:00-17:00; PH unknown", ("节假日另行通知",)),
    ("每天8:00-20:00，春节期间另行通知", "08:00-20:00; PH unknown", ("春节期间另行通知",)),
    ("周六日另行通知，周一至周五 9:00-17:00", "Mo-Fr 09:00-17:00; Sa,Su unknown", ("周六日另行通知",)),
    ("8:00-18:00 仅供参考", "08:00-18:00", ("仅供参考",)),
    ("周末预约开放", "Sa,Su unknown", ("周末预约开放",)),
    ("电话：0371-67718779 9:00-18:00", "09:00-18:00", ("电话：0371-67718779",)),
    ("24小时营业，12351", "24/7", ("12351",)),
    ("24小时热线12351，周一至周五 9:00-17:00", "Mo-Fr 09:00-17:00", ("24小时热线12351",)),
    ("联系人：张三 13812345678 开放时间：8:00-18:00", "08:00-18:00", ("联系人：张三 13812345678",)),
    ("138****5596", "", ("138****5596",)),
    ("8:00-18:00 Tel: 0371 6771 8779", "08:00-18:00", ("Tel: 0371 6771 8779",)),
    ("📚 图书馆开放时间：周一至周五 8:00-22:00", "Mo-Fr 08:00-22:00", ("📚",)),
    ("8:00-18:00 提供热水、微波炉", "08:00-18:00", ("提供热水、微波炉",)),
    ("8:00-18:00 提供供暖、防暑药品", "08:00-18:00", ("提供供暖、防暑药品",)),
    ("by appointment only", "", ("by appointment only",)),
    # days of the week and dates that are not read, unknown by themselves
    ("周一至周五 9:00-17:00，周六 25:00-26:00", "Mo-Fr 09:00-17:00; Sa unknown", ("周六 25:00-26:00",)),
    ("周一至周五 9:00-17:00 周末", "Mo-Fr 09:00-17:00; Sa,Su unknown", ("周末",)),
    ("周一至周五 9:00-17:00；周六上午开放", "Mo-Fr 09:00-17:00; Sa unknown", ("周六上午开放",)),
    ("8:00-18:00，周五延长至20:00", "Mo-Th,Sa,Su 08:00-18:00; Fr unknown", ("周五延长至20:00",)),
    ("周一至周五8:30-17:30，每周五下午闭馆", "Mo-Th 08:30-17:30; Fr unknown", ("每周五下午闭馆",)),
    ("每天9:00-17:00，周三约10:00-12:00", "Mo,Tu,Th-Su 09:00-17:00; We unknown", ("周三约10:00-12:00",)),
    ("9:00-17:00，10月1日-3日 约10:00-12:00", "09:00-17:00; Oct 01-03 unknown", ("10月1日-3日 约10:00-12:00",)),
    # feasts by their names: which of the public holidays they are, OSM cannot say
    ("每天 8:00-20:00 春节休息", "08:00-20:00; PH unknown", ("春节休息",)),
    ("每天 9:00-21:00（春节除外）", "09:00-21:00; PH unknown", ("春节除外",)),
    ("每天 9:00-21:00，国庆照常营业", "09:00-21:00", ("国庆照常营业",)),
    ("节假日10:00-17:00，春节闭馆，周二至周日 9:00-18:00", "Tu-Su 09:00-18:00; PH unknown", ("春节闭馆",)),
    ("大年初一休息，每天9:00-21:00", "09:00-21:00; PH unknown", ("大年初一休息",)),
    ("8:00-22:00（春节除外）", "08:00-22:00; PH unknown", ("春节除外",)),
    ("国庆期间关闭，平时9:00-21:00", "09:00-21:00; PH unknown", ("国庆期间关闭",)),
    ("春节、国庆休息，每天9:00-21:00", "09:00-21:00; PH unknown", ("春节、国庆休息",)),
    ("24小时，春节除外", "00:00-24:00; PH unknown", ("春节除外",)),
    ("工作日9:00-17:00，节假日休息，春节休息", "Mo-Fr 09:00-17:00; PH off", ("春节休息",)),
    ("工作日9:00-17:00，节假日休息，国庆 10:00-16:00", "Mo-Fr 09:00-17:00; PH unknown", ("国庆 10:00-16:00",)),
    (
        "夏季(5月-9月)8:00-18:00，冬季(10月-4月)9:00-17:00；春节休息",
        "May-Sep 08:00-18:00; Oct-Apr 09:00-17:00; PH unknown",
        ("春节休息",),
    ),
    # closed for works, or for good; open at times not told
    ("装修中", "off", ("装修中",)),
    ("正在升级改造中。", "off", ("正在升级改造中。",)),
    ("因装修暂停开放", "off", ("因装修暂停开放",)),
    ("已撤销", "off", ("已撤销",)),
    ("本站已拆除", "off", ("本站已拆除",)),
    ("装修中，暂停开放", "off", ("装修中",)),
    ("白天", "unknown", ("白天",)),
    ("白天开放", "unknown", ("白天开放",)),
    ("建设中", "", ("建设中",)),
    ("", "", ()),
    ("  \n ", "", ()),
    ("——", "", ()),
    ("开放时间：", "", ()),
]
UNCERTAIN = [
    # not decidable from the words
    ("9:00-5:00", "", ("9:00-5:00",)),
    ("09:00-05:00", "", ("09:00-05:00",)),
    ("上午9:00-5:00", "", ("上午9:00-5:00",)),
    ("2:30-5:30", "", ("2:30-5:30",)),
    ("周一至周五 9:00-5:00", "Mo-Fr unknown", ("周一至周五 9:00-5:00",)),
    ("Mon-Fri 9-5", "Mo-Fr unknown", ("Mon-Fri 9-5",)),
    ("Mo-Fr 9:00-5:00", "Mo-Fr unknown", ("Mo-Fr 9:00-5:00",)),
    ("Mo 25:00-26:00", "Mo unknown", ("Mo 25:00-26:00",)),
    ("open", "", ("open",)),
    ("夏令时8:00-18:30", "", ("夏令时8:00-18:30",)),
    ("夏季 8:00-18:30，冬季 8:30-17:30", "", ("夏季 8:00-18:30", "冬季 8:30-17:30")),
    ("夏季8:00-12:00，冬季8:00-12:00", "", ("夏季8:00-12:00", "冬季8:00-12:00")),
    (
        "周一至周五 8:00-18:00（夏令时），8:30-17:30（冬令时）",
        "Mo-Fr unknown",
        ("周一至周五 8:00-18:00（夏令时）", "8:30-17:30（冬令时）"),
    ),
    ("寒暑假 9:00-17:00", "", ("寒暑假 9:00-17:00",)),
    ("约9:00-17:00", "", ("约9:00-17:00",)),
    ("9:00-17:00左右", "", ("9:00-17:00左右",)),
    ("9:00起", "", ("9:00起",)),
    ("9点开门", "", ("9点开门",)),
    ("日出到日落", "", ("日出到日落",)),
    ("随银行营业时间", "", ("随银行营业时间",)),
    ("单双周轮休", "", ("单双周轮休",)),
    ("每周六天 9:00-17:00", "", ("每周六天 9:00-17:00",)),
    ("本周六 9:00-17:00", "", ("本周六 9:00-17:00",)),
    ("每月15日闭馆", "", ("每月15日闭馆",)),
    ("即日起至2月28日 9:00-16:00", "", ("即日起至2月28日 9:00-16:00",)),
    ("开放时间不详", "", ("开放时间不详",)),
    ("每天8小时", "", ("8小时",)),
    ("9-5", "", ("9-5",)),
    ("10-12", "", ("10-12",)),
    ("1-5", "", ("1-5",)),
    ("晚间不开放", "", ("晚间不开放",)),
    # bad input
    ("25:00-26:00", "", ("25:00-26:00",)),
    ("8:00-25:00", "", ("8:00-25:00",)),
    ("8:75-17:00", "", ("8:75-17:00",)),
    ("2月30日闭馆，每天9:00-17:00", "09:00-17:00", ("2月30日闭馆",)),
    ("8:00-12:00-14:00-18:00", "", ("8:00-12:00-14:00-18:00",)),
    ("周日17:00 - 周四 21:50", "", ("周日17:00 - 周四 21:50",)),
    ("9:00-12:00，10:00-16:00", "", ("9:00-12:00", "10:00-16:00")),
    ("随便写的 99", "", ("随便写的 99",)),
    # contradictions, and more than one subject
    (
        "周一至周五 9:00-17:00，周五至周日 10:00-22:00",
        "Mo-Th 09:00-17:00; Fr unknown; Sa,Su 10:00-22:00",
        ("周一至周五 9:00-17:00", "周五至周日 10:00-22:00"),
    ),
    ("图书室：9:00-17:00；自习室：8:00-22:00", "", ("图书室：9:00-17:00", "自习室：8:00-22:00")),
    ("9:00-17:00，二楼周一闭馆", "09:00-17:00", ("二楼周一闭馆",)),
    ("营业8:00-20:00，配送9:00-18:00", "08:00-20:00", ("配送9:00-18:00",)),
    ("24小时自助银行", "", ("24小时自助银行",)),
    ("微波炉暂停使用，开放时间9:00-17:00", "09:00-17:00", ("微波炉暂停使用",)),
    # days that are not read and run over those that are named, or stand beside rules of their own
    ("周一至周五 9:00-17:00，周六前后休息", "Mo-Fr 09:00-17:00; Sa unknown", ("周六前后休息",)),
    ("9:00-17:00，即日起至2月28日 9:00-16:00", "09:00-17:00; Feb 28 unknown", ("即日起至2月28日 9:00-16:00",)),
    (
        "5-9月节假日10:00-16:00，每天8:00-18:00，春节休息",
        "May-Sep 08:00-18:00; PH unknown; May-Sep PH 10:00-16:00",
        ("春节休息",),
    ),
    ("每天8:00-20:00，周日可能休息", "Mo-Sa 08:00-20:00; Su unknown", ("周日可能休息",)),
    ("高温期间9:00-20:00", "", ("高温期间9:00-20:00",)),
    # beside what was read
    ("9:00-17:00（16:30停止入场）", "09:00-17:00", ("16:30停止入场",)),
    ("(二楼)书库 9:00-17:00，14楼", "09:00-17:00", ("(二楼)书库", "14楼")),
    ("周一至周五 9:00-17:00 雨天关闭", "Mo-Fr 09:00-17:00", ("雨天关闭",)),
    ("疫情期间 9:00-16:00", "09:00-16:00", ("疫情期间",)),
    ("周一至周五 9:00-17:00 调休", "Mo-Fr 09:00-17:00", ("调休",)),
    ("午休12:00-14:00", "", ("午休12:00-14:00",)),
    # feasts by their names, where nothing else is told, and feasts that are no public holidays
    ("春节休息", "", ("春节休息",)),
    ("正月十五休息，每天9:00-21:00", "09:00-21:00; PH unknown", ("正月十五休息",)),
    ("圣诞节休息，每天9:00-21:00", "09:00-21:00; PH unknown", ("圣诞节休息",)),
    ("春节至正月十五休息，每天9:00-21:00", "09:00-21:00; PH unknown", ("春节至正月十五休息",)),
    ("每天9:00-17:00；2月16日-2月22日闭馆 春节期间", "09:00-17:00; Feb 16-22 off", ("2月16日-2月22日闭馆 春节期间",)),
]
MAKEUP = [
    ("周一至周五9:00-17:00，调休日正常上班", "Mo-Fr 09:00-17:00", "work"),
    ("工作日 9:00-17:00，法定调休工作日正常开放", "Mo-Fr 09:00-17:00; PH off", "work"),
    ("周一至周五 9:00-17:00；调休上班日不开放", "Mo-Fr 09:00-17:00", "weekend"),
    ("周一至周五 9:00-17:00，补班日休息", "Mo-Fr 09:00-17:00", "weekend"),
    ("周末及节假日休息（调休上班日除外），周一至周五 9:00-17:00", "Mo-Fr 09:00-17:00; Sa,Su,PH off", "work"),
    ("工作日 9:00-17:00", "Mo-Fr 09:00-17:00; PH off", "unknown"),
]
SPANS = [  # two times as written, where the period before them ended, what they mean
    ("8:30", "11:30", None, (510, 690)),
    ("2:30", "5:30", 720, (870, 1050)),
    ("2:30", "5:30", None, None),
    ("02:30", "05:30", None, (150, 330)),
    ("9:00", "5:00", None, None),
    ("9:00", "9:00", None, None),
    ("0:00", "0:00", None, (0, 1440)),
    ("9:00", "0:00", None, (540, 1440)),
    ("24:00", "6:00", None, None),
    ("17:00", "9:00", None, (1020, 1980)),
    ("14:00", "5:00", None, None),
    ("14:00", "02:00", None, (840, 1560)),
    ("10:00", "02:00", None, (600, 1560)),
    ("09:00", "05:00", None, None),
    ("9", "5pm", None, (540, 1020)),
    ("11pm", "7am", None, (1380, 1860)),
    ("9am", "5am", None, None),
    ("25:00", "26:00", None, None),
    ("8:60", "9:00", None, None),
    ("8:5", "9:00", None, None),
    ("八点半", "十二点一刻", None, (510, 735)),
    ("noon", "midnight", None, (720, 1440)),
]
UNCERTAIN_WORDS = ("周五", "25点", "节假日", "春节", "开放吗", "停业通知", "下午", "3楼", "星期", "冬季", "夜班")
CALM_WORDS = ("热水", "微波炉", "请带身份证件", "朝阳路", "wifi", "🙂")


@pytest.mark.parametrize(("text", "osm"), WHOLLY_READ)
def test_what_is_read_wholly(text: str, osm: str) -> None:
    assert read(text) == Reading(osm)


@pytest.mark.parametrize(("text", "osm", "unread"), CERTAIN)
def test_what_is_unread_and_does_not_bear_on_time(text: str, osm: str, unread: tuple[str, ...]) -> None:
    assert read(text) == Reading(osm, unread)


@pytest.mark.parametrize(("text", "osm", "unread"), UNCERTAIN)
def test_what_is_unread_and_may_bear_on_time(text: str, osm: str, unread: tuple[str, ...]) -> None:
    assert read(text) == Reading(osm, unread, uncertain=True)


@pytest.mark.parametrize(("text", "osm", "makeup"), MAKEUP)
def test_what_the_text_says_of_make_up_days(text: str, osm: str, makeup: str) -> None:
    assert read(text) == Reading(osm, makeup=makeup)


@pytest.mark.parametrize(("start", "end", "after", "meant"), SPANS)
def test_what_two_times_mean(start: str, end: str, after: int | None, meant: tuple[int, int] | None) -> None:
    assert span(clock(start), clock(end), after) == meant


@pytest.mark.parametrize("word", UNCERTAIN_WORDS)
def test_a_word_of_time_that_is_not_read_makes_the_reading_uncertain(word: str) -> None:
    found = read(f"8:00-20:00。关于{word}")
    assert (found.uncertain, found.unread) == (True, (f"关于{word}",))


@pytest.mark.parametrize("word", CALM_WORDS)
def test_a_word_of_no_time_leaves_the_reading_certain(word: str) -> None:
    assert read(f"8:00-20:00。{word}") == Reading("08:00-20:00", (word,))


DRESSES = {
    "spaces after signs": lambda text: re.sub(r"([，；。、：])", r"\1 ", text),
    "spaces before signs": lambda text: re.sub(r"([，；。、：）])", r" \1", text),
    "half-width signs": lambda text: text.translate(str.maketrans("，；：（）", ",;:()")),
    "full-width digits": lambda text: text.translate(str.maketrans("0123456789:-", "０１２３４５６７８９：－")),
    "traditional": lambda text: text.translate(str.maketrans("周时点开营业馆闭节间国", "週時點開營業館閉節間國")),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "wide spaces": lambda text: text.replace(" ", "　　"),
    "capitals": str.upper,
    "a label": lambda text: f"营业时间：{text}",
    "the place": lambda text: f"本站{text}",
    "a greeting": lambda text: f"欢迎光临。{text}",
    "a full stop": lambda text: f"{text}。",
    "a disclaimer": lambda text: f"{text}，具体以现场为准",
    "a disclaimer in a bracket": lambda text: f"{text}（如有变动以公告为准）",
    "a telephone": lambda text: f"{text} 电话：0371-67718779",
    "markup": lambda text: f"<p>{text}</p>",
}


@pytest.mark.parametrize("dress", DRESSES)
def test_how_a_text_is_dressed_does_not_change_its_hours(dress: str) -> None:
    numbered = "1、周一至周五 9:00-17:00；2、周六、周日 10:00-16:00"  # its numbers stand at the heads of lines only
    texts = [case for case in WHOLLY_READ if case not in OSM and not (case[0] == numbered and dress == "the place")]
    dressed = {DRESSES[dress](text): osm for text, osm in texts}
    found = {text: read(text) for text in dressed}
    assert {text: one.osm for text, one in found.items()} == dressed
    assert [text for text, one in found.items() if one.uncertain] == []


EVERY_TEXT = [text for text, *_ in (*WHOLLY_READ, *CERTAIN, *UNCERTAIN, *MAKEUP)]


@pytest.mark.parametrize("text", sorted({*EVERY_TEXT}))
def test_every_expression_is_osm_in_its_normal_form(text: str) -> None:
    osm = read(text).osm
    if osm and "sun" not in osm:
        assert str(parse(osm)) == osm


@pytest.mark.parametrize("size", [LONGEST, 200_000])
@pytest.mark.parametrize(
    "piece", ["周一至周五 9:00-17:00 ", "a", "9", "(", "<p", "以", "如有", "每", "、1", "除", "开放", "1月、"]
)
def test_long_texts_come_back_at_once_and_whole(piece: str, size: int) -> None:
    text = (piece * size)[:size]
    start = time.perf_counter()
    found = read(text)
    assert time.perf_counter() - start < 3.0
    if size > LONGEST:
        assert found == Reading("", (text,), uncertain=True)


def test_html_and_scripts_are_text_like_any_other() -> None:
    assert read("<script>alert(1)</script> 9:00-17:00").osm == "09:00-17:00"
    assert "script" in "".join(read("<script>alert(1)</script> 9:00-17:00").unread)


# -- laws

NEUTRAL = date(2026, 6, 1)  # a Monday; no holiday in that week
DAY_NAMES = "一二三四五六日"
GROUPS = st.sampled_from(
    [
        [range(7)],
        [range(5)],
        [range(5), [5, 6]],
        [range(4), [4], [5, 6]],
        [range(1, 7)],
        [[0, 2, 4]],
        [range(5), [5], [6]],
    ]
)
PERIODS = st.sampled_from(
    [
        [(480, 1020)],
        [(360, 1320)],
        [(540, 690), (810, 1050)],
        [(420, 720), (870, 1080), (1140, 1260)],
        [(510, 1200)],
    ]
)


def _days(draw: st.DrawFn, days: list[int]) -> str:
    if days == list(range(7)):
        return draw(st.sampled_from(["每天", "每日", "周一至周日", "星期一~星期日", "天天"]))
    if days == [5, 6] and draw(st.booleans()):
        return draw(st.sampled_from(["周末", "双休日", "周六日", "周六、日", "周六周日", "週六至週日"]))
    week = draw(st.sampled_from(["周", "星期", "礼拜", "週"]))
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        to = draw(st.sampled_from(["至", "到", "-", "~", "—", "～", " 至 ", "－", "一"]))
        again = week if to == "一" or draw(st.booleans()) else ""
        return week + DAY_NAMES[days[0]] + to + again + DAY_NAMES[days[-1]]
    return week + f"、{draw(st.sampled_from(['', week]))}".join(DAY_NAMES[day] for day in days)


def _clock(minute: int, style: str) -> str:
    hour, rest = divmod(minute, 60)
    if style == "spoken":
        return f"{hour}点" + ("半" if rest == 30 else f"{rest}分" if rest else "")
    if style == "parts":
        part = "早上" if hour < 9 else "上午" if hour < 12 else "下午" if hour < 18 else "晚上"
        return f"{part}{hour if hour <= 12 else hour - 12}:{rest:02}"
    if style == "english":
        return f"{(hour - 1) % 12 + 1}:{rest:02}" + ("am" if hour < 12 else "pm")
    if style == "full":
        return f"{hour}：{rest:02}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return {"dots": f"{hour}.{rest:02}", "padded": f"{hour:02}:{rest:02}"}.get(style, f"{hour}:{rest:02}")


@st.composite
def told_weeks(draw: st.DrawFn) -> tuple[str, dict[int, list[tuple[int, int]]], bool]:
    """A week, told in one of the manners of lists: the text, its periods, whether it closes on public holidays."""
    style = draw(st.sampled_from(["plain", "padded", "full", "spoken", "parts", "english", "dots"]))
    last = draw(st.booleans())
    week: dict[int, list[tuple[int, int]]] = {}
    parts = []
    for group in draw(GROUPS):
        periods = draw(PERIODS)
        week.update(dict.fromkeys(group, periods))
        to = draw(st.sampled_from(["-", "—", "至", "~", "～", "到", "——", " - "]))
        joint = draw(st.sampled_from(["，", " ", "、", "；", ",", "/", "和", "\n", " 及 "]))
        times = joint.join(_clock(a, style) + to + _clock(b, style) for a, b in periods)
        days = _days(draw, list(group))
        parts.append(f"{times}（{days}）" if last else days + draw(st.sampled_from(["", " ", "：", "，"])) + times)
    rest = [day for day in range(7) if day not in week]
    if rest and draw(st.booleans()):
        parts.append(_days(draw, rest) + draw(st.sampled_from(["休息", "闭馆", "不开放", "：休息", " 关闭"])))
    text = draw(st.sampled_from(["", "营业时间：", "开放时间为"])) + draw(
        st.sampled_from(["；", "，", " ", "\n", "。"])
    ).join(parts)
    holidays = draw(st.sampled_from(["", "；法定节假日休息", "，节假日闭馆"]))
    return (
        text + holidays + draw(st.sampled_from(["", "，具体以现场公告为准", " 电话：0371-67718779"])),
        week,
        bool(holidays),
    )


@settings(max_examples=400, deadline=None)
@given(told=told_weeks())
def test_a_week_told_in_any_manner_is_the_week_that_was_meant(
    told: tuple[str, dict[int, list[tuple[int, int]]], bool],
) -> None:
    text, week, closes = told
    found = read(text)
    assert not found.uncertain, found
    timetable = Timetable([Schedule(found.osm)], NO_CALENDAR)
    seen: dict[int, list[tuple[int, int]]] = {}
    for interval in timetable.intervals(0, NEUTRAL, 7):
        assert interval.state is State.OPEN
        day = (interval.start.date() - NEUTRAL).days
        minutes = (interval.start.hour * 60 + interval.start.minute, interval.end.hour * 60 + interval.end.minute)
        seen.setdefault(day, []).append(minutes)
    assert seen == week
    assert ("PH off" in found.osm) is closes


PIECES = st.sampled_from(
    [
        *(
            "周一至周五",
            "周末",
            "工作日",
            "每天",
            "节假日",
            "春节",
            "周三",
            "Mon-Fri",
            "双休日",
            "其余时间",
            "调休上班日",
            "每月最后一个周五",
        ),
        *(
            "9:00-17:00",
            "上午8点半至11点半",
            "下午2:00-5:00",
            "24小时",
            "20:00-次日6:00",
            "25:00",
            "9-17",
            "8.30-17.30",
            "9:00",
            "全天",
        ),
        *(
            "休息",
            "闭馆",
            "开放",
            "正常开放",
            "不休",
            "除外",
            "除",
            "含",
            "午休12:00-14:00",
            "全年无休",
            "停止入场",
            "约",
            "左右",
        ),
        *(
            "5月-9月",
            "2026年2月16日至22日",
            "夏季",
            "冬季",
            "5.1-9.30",
            "10月1日",
            "以现场公告为准",
            "另行通知",
            "电话0371-67718779",
        ),
        *(
            "，",
            "；",
            "。",
            " ",
            "\n",
            "（",
            "）",
            "：",
            "、",
            "至",
            "-",
            "和",
            "/",
            "图书室",
            "热水",
            "xyz",
            "7",
            "月",
            "点",
            "日",
            "①",
            "<br>",
            "&nbsp;",
        ),
    ]
)


@settings(max_examples=500, deadline=None)
@given(pieces=st.lists(PIECES, max_size=14))
def test_any_row_of_words_gives_osm_and_drops_no_unknown_word(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = read(text)
    if found.osm:
        assert str(parse(found.osm)) == found.osm
    for word in ("图书室", "热水", "xyz"):
        assert sum(piece.count(word) for piece in found.unread) == text.count(word)
    assert all(piece and piece in text for piece in found.unread)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    found = read(text)
    if found.osm:
        parse(found.osm)
    letters = [sign for sign in text if sign.isalpha() and sign.isascii()]
    if not found.osm:
        kept = "".join(found.unread)
        assert all(kept.count(sign) <= text.count(sign) for sign in letters)


@settings(max_examples=200, deadline=None)
@given(told=told_weeks(), junk=st.text(alphabet="甲乙丙丁戊己庚辛", min_size=1, max_size=6))
def test_junk_beside_hours_is_quoted_and_changes_nothing(
    told: tuple[str, dict[int, list[tuple[int, int]]], bool], junk: str
) -> None:
    clean, dirty = read(told[0]), read(f"{told[0]}。{junk}")
    assert dirty == Reading(clean.osm, (*clean.unread, junk), makeup=clean.makeup)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40)))
def test_every_sign_is_in_one_word_every_word_in_one_phrase_and_no_phrase_in_two_statements(text: str) -> None:
    source = plain(text)
    words = list(tokens(source.text))
    assert "".join(word.text for word in words) == source.text
    row = phrases(words)
    assert [place for phrase in row for place in range(phrase.first, phrase.last)] == list(range(len(words)))
    places = [place for statement in statements(row) for place in statement.places]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    "name", ["attachment", "dates", "days", "daytable", "daytime", "glyphs", "items", "lexicon", "notation", "notice",
             "phrases", "references", "statements", "text", "weeks", "wording"],
)  # fmt: skip
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    folder = "hours" if name in ("daytable", "notice", "text") else "hours.freetext"
    assert doctest.testmod(import_module(f"stationmap.{folder}.{name}")).failed == 0


# -- what lists really carry


@pytest.mark.real
def test_every_string_of_the_zhengzhou_lists_is_read_wholly(real_data: Path) -> None:
    folder = real_data / "zhengzhou_union_stations"
    found = {}
    for name, column in (
        ("stations_82_listed.csv", "open_hours_source"),
        ("SYNTHETIC_557_do_not_use_as_real.csv", "open_hours"),
    ):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            found |= {row[column]: read(row[column]) for row in csv.DictReader(file)}
    assert len(found) == 20
    assert {text for text, one in found.items() if one.unread or one.uncertain} == set()
    assert found["24小时"].osm == "24/7"
    assert found["工作日开放"].osm == "Mo-Fr unknown; PH off"
    assert found["周一至周五 08:30-12:00,13:00-17:30"].osm == "Mo-Fr 08:30-12:00,13:00-17:30"
    assert found["周一至周日 07:00-22:00"].osm == "07:00-22:00"
    assert found[""].osm == ""


@pytest.mark.real
def test_osm_hours_of_helsinki_are_taken_as_they_are(real_data: Path) -> None:
    path = real_data / "osm_helsinki_pyrosm/tests/data/osmnx_reference/buildings_all.parquet"
    texts = sorted(set(pd.read_parquet(path)["opening_hours"].dropna()))
    assert len(texts) == 25
    for text in texts:
        assert read(text) == Reading(str(parse(text)))
