"""Published totals to hold a census table against: the Seventh National Population Census by province.

Source: National Bureau of Statistics of China and Office of the Leading Group of the State Council for the Seventh
National Population Census, *Communiqué of the Seventh National Population Census (No. 3): Population by Region*,
11 May 2021, table 3-1 (国家统计局、国务院第七次全国人口普查领导小组办公室，
第七次全国人口普查公报（第三号）：地区人口情况).
Resident population at 0:00 on 1 November 2020 of the 31 provinces, autonomous regions and municipalities of the
mainland; the national total includes the 2,000,000 in military service, who are in no province.
"""

from collections.abc import Mapping
from types import MappingProxyType

CENSUS_2020_NATION = 1_411_778_724
CENSUS_2020_MILITARY = 2_000_000

CENSUS_2020: Mapping[str, int] = MappingProxyType(
    {
        "110000": 21_893_095,
        "120000": 13_866_009,
        "130000": 74_610_235,
        "140000": 34_915_616,
        "150000": 24_049_155,
        "210000": 42_591_407,
        "220000": 24_073_453,
        "230000": 31_850_088,
        "310000": 24_870_895,
        "320000": 84_748_016,
        "330000": 64_567_588,
        "340000": 61_027_171,
        "350000": 41_540_086,
        "360000": 45_188_635,
        "370000": 101_527_453,
        "410000": 99_365_519,
        "420000": 57_752_557,
        "430000": 66_444_864,
        "440000": 126_012_510,
        "450000": 50_126_804,
        "460000": 10_081_232,
        "500000": 32_054_159,
        "510000": 83_674_866,
        "520000": 38_562_148,
        "530000": 47_209_277,
        "540000": 3_648_100,
        "610000": 39_528_999,
        "620000": 25_019_831,
        "630000": 5_923_957,
        "640000": 7_202_654,
        "650000": 25_852_345,
    }
)
"""People by the code of the province."""

PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        "110000": "北京市",
        "120000": "天津市",
        "130000": "河北省",
        "140000": "山西省",
        "150000": "内蒙古自治区",
        "210000": "辽宁省",
        "220000": "吉林省",
        "230000": "黑龙江省",
        "310000": "上海市",
        "320000": "江苏省",
        "330000": "浙江省",
        "340000": "安徽省",
        "350000": "福建省",
        "360000": "江西省",
        "370000": "山东省",
        "410000": "河南省",
        "420000": "湖北省",
        "430000": "湖南省",
        "440000": "广东省",
        "450000": "广西壮族自治区",
        "460000": "海南省",
        "500000": "重庆市",
        "510000": "四川省",
        "520000": "贵州省",
        "530000": "云南省",
        "540000": "西藏自治区",
        "610000": "陕西省",
        "620000": "甘肃省",
        "630000": "青海省",
        "640000": "宁夏回族自治区",
        "650000": "新疆维吾尔自治区",
    }
)
"""The names of those provinces."""
