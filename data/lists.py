"""The invented words and shares from which the sample city is made."""

DISTRICTS = (
    ("990101", "云桥区", {(2, 1), (3, 1), (2, 2), (3, 2), (2, 3), (3, 3)}),
    ("990102", "枫溪区", {(4, 2), (5, 2), (4, 3), (5, 3), (4, 4), (5, 4)}),
    ("990103", "石渡区", {(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)}),
    ("990104", "晚照区", {(0, 3), (1, 3), (0, 4), (1, 4), (2, 4), (3, 4)}),
    ("990122", "青禾县", {(2, 0), (3, 0), (4, 0), (5, 0), (4, 1), (5, 1)}),
)
SUBDISTRICTS = (
    "渡口街道", "老窑街道", "麦坪镇", "禾田镇", "柳湾乡", "沙井乡",
    "石门街道", "盐仓街道", "鼓楼前街道", "文汇街道", "青禾镇", "东塬镇",
    "西滩街道", "茶亭街道", "云桥街道", "长庚街道", "枫溪街道", "新港街道",
    "晚照街道", "梨园街道", "北辰街道", "书院街道", "创智街道", "临江街道",
    "松岭镇", "草场镇", "观澜街道", "驿道街道", "枫林镇", "白鹭乡",
)  # fmt: skip
STREET_WORDS = (
    "云渡", "枫溪", "长庚", "望川", "石渡", "晚照", "梨花", "书香", "驿道", "观澜", "北辰", "麦香", "青禾", "白鹭",
    "鸣泉", "织锦", "盐仓", "茶亭", "渡口", "秋水", "朝晖", "春华", "竹影", "松岭", "沙井", "柳湾", "文汇", "创智",
    "同心", "勤业", "匠心", "丰收", "安澜", "听雨", "星河", "采薇", "银杏", "杏坛", "远航", "砚池",
)  # fmt: skip
STREET_ENDINGS = ("大道", "路", "街", "巷")

HOST_SHARES = {
    "bank": 0.17, "shop": 0.22, "pharmacy": 0.13, "petrol_station": 0.06, "community_hall": 0.12, "post_office": 0.05,
    "estate_agency": 0.08, "restaurant": 0.09, "parcel_centre": 0.05, "library": 0.03,
}  # fmt: skip
HOST_LABELS = {
    "bank": "银行", "shop": "商店", "pharmacy": "药房", "petrol_station": "加油站", "community_hall": "社区党群服务中心",
    "post_office": "邮政网点", "estate_agency": "房产中介", "restaurant": "餐饮店", "parcel_centre": "快递网点", "library": "图书馆",
    "union": "工会", "company": "企业", "sanitation": "环卫设施",
}  # fmt: skip
HOST_NAMES = {
    "bank": ("云渡银行", "青禾农商行", "枫溪储蓄银行"),
    "shop": ("好邻便利店", "云渡百货", "禾家超市"),
    "pharmacy": ("仁济堂药房", "安澜大药房"),
    "petrol_station": ("云渡石化加油站", "远航加油站"),
    "community_hall": ("社区党群服务中心", "便民服务中心"),
    "post_office": ("云渡邮政网点",),
    "estate_agency": ("安居房产中介", "望川房产"),
    "restaurant": ("老渡口面馆", "禾香快餐"),
    "parcel_centre": ("飞雁快递网点", "驿路快递站"),
    "library": ("砚池书店", "云渡图书馆分馆"),
    "union": ("云渡市总工会",),
    "company": ("云渡纺织", "远航物流", "青禾食品", "星河电子", "枫溪机械", "安澜建工"),
    "sanitation": ("环卫所",),
}
HOURS_BY_HOST = {
    "bank": (
        "周一至周五 8:30-11:30 13:30-17:00，法定节假日休息",
        "周一至周五 9:00-17:00，节假日休息",
        "周一至周日 9:00-16:30，法定节假日休息",
        "工作日 8:30-17:00",
    ),
    "shop": ("7:00-23:00", "24小时", "每天 8:00-22:00", "08:00-22:30"),
    "pharmacy": ("7:30-22:30", "8:00-22:00", "每日8：00－21：30"),
    "petrol_station": ("24小时", "全天24小时开放"),
    "community_hall": (
        "周一至周五 8:30-12:00 14:00-17:30",
        "工作日 上午8:30-12:00 下午1:30-5:30",
        "周一至周六 9:00-17:00，法定节假日休息",
        "工作日开放",
        "夏季（5月1日-9月30日）8:00-19:00，冬季（10月1日-4月30日）8:30-17:30",
    ),
    "post_office": ("周一至周日 9:00-17:00", "周一至周五 9:00-17:00，双休日 10:00-15:00"),
    "estate_agency": ("9:00-21:00", "每天 9:00-20:30"),
    "restaurant": ("10:00-14:00 17:00-21:30", "6:30-20:00"),
    "parcel_centre": ("7:00-21:00", "05:30-23:00"),
    "library": ("周二至周日 9:00-20:30，周一闭馆", "9:00-21:00（周一闭馆，法定节假日除外）"),
    "union": (
        "周一至周日 8:00-20:00",
        "24小时",
        "6:00-22:00",
        "20:00-次日6:00",
        "周一至周五 8:30-17:30，双休日 9:00-16:00",
    ),
    "company": (
        "工作日 8:00-18:00",
        "周一至周六 8:00-20:00",
        "每天 7:00-21:00",
        "工作日 17:30-21:00，双休日 9:00-21:00",
    ),
    "sanitation": ("4:00-20:00", "05:00-17:30"),
}
KIND_COUNTS = {
    "worker_home": 297, "book_corner": 125, "rest_station": 106, "driver_home": 12, "mother_room": 14,
    "cultural_palace": 3, "energy_station": 12, "village_point": 10, "liaison_station": 6, "service_centre": 7,
    "startup_park": 2, "training_base": 5, "other": 2,
}  # fmt: skip
KIND_NAMES = {
    "worker_home": ("职工之家", "职工之家", "职工小家"),
    "book_corner": ("职工书屋",),
    "rest_station": ("暖心驿站", "工会驿站", "爱心驿站"),
    "driver_home": ("司机之家", "骑手之家"),
    "mother_room": ("女职工康乃馨服务站",),
    "cultural_palace": ("工人文化宫",),
    "energy_station": ("美好生活能量站",),
    "village_point": ("村级工会服务点",),
    "liaison_station": ("联络站",),
    "service_centre": ("职工服务中心",),
    "startup_park": ("工友创业园",),
    "training_base": ("培训基地",),
    "other": ("爱心超市",),
}
KIND_HOSTS = {
    "worker_home": ("company", "company", "company", "community_hall", "union"),
    "book_corner": ("company", "community_hall", "library", "union"),
    "rest_station": ("bank", "bank", "shop", "pharmacy", "petrol_station", "community_hall", "sanitation", "union",
                     "post_office", "estate_agency", "parcel_centre"),
    "driver_home": ("petrol_station", "parcel_centre", "union"),
    "mother_room": ("shop", "community_hall"),
    "cultural_palace": ("union",),
    "energy_station": ("union", "company"),
    "village_point": ("post_office", "shop"),
    "liaison_station": ("community_hall",),
    "service_centre": ("union",),
    "startup_park": ("company",),
    "training_base": ("company",),
    "other": ("union",),
}  # fmt: skip
SERVICES_BY_KIND = {
    "worker_home": {"饮水": 0.9, "座椅": 0.95, "空调": 0.8, "微波炉": 0.35, "卫生间": 0.6, "活动室": 0.5, "健身": 0.4,
                    "图书": 0.4, "电视": 0.4, "无线网络": 0.5, "棋牌": 0.3, "手机充电": 0.5},
    "book_corner": {"图书": 1.0, "座椅": 0.95, "饮水": 0.6, "空调": 0.8, "无线网络": 0.6, "自习座位": 0.5, "通借通还": 0.3,
                    "电子阅读": 0.3, "手机充电": 0.5},
    "rest_station": {"饮水": 0.97, "热水": 0.85, "座椅": 0.95, "微波炉": 0.7, "空调": 0.85, "手机充电": 0.9, "卫生间": 0.5,
                     "急救箱": 0.75, "雨具": 0.45, "冰箱": 0.3, "无线网络": 0.5, "图书": 0.25, "换电": 0.06, "避雨": 0.6},
    "driver_home": {"热水": 1.0, "微波炉": 0.9, "淋浴": 0.8, "洗衣": 0.6, "卫生间": 1.0, "货车停车": 0.7, "可躺卧": 0.7,
                    "手机充电": 0.9, "平价餐": 0.6, "车辆维修": 0.5, "空调": 0.9},
    "mother_room": {"母婴室": 1.0, "洗手池": 0.9, "热水": 0.8, "座椅": 0.9, "冰箱": 0.5, "空调": 0.8},
    "cultural_palace": {"图书": 1.0, "健身": 1.0, "活动室": 1.0, "卫生间": 1.0, "无线网络": 1.0, "座椅": 1.0, "空调": 1.0},
    "energy_station": {"活动室": 0.9, "技能培训": 0.8, "图书": 0.6, "座椅": 0.9, "饮水": 0.9, "空调": 0.9, "卫生间": 0.6},
    "village_point": {"饮水": 0.7, "座椅": 0.8, "政策咨询": 0.8, "入会办理": 0.7},
    "liaison_station": {"政策咨询": 0.9, "座椅": 0.8, "饮水": 0.6},
    "service_centre": {"法律援助": 0.9, "困难帮扶": 0.9, "就业信息": 0.7, "心理咨询": 0.5, "卫生间": 0.9, "饮水": 0.9},
    "startup_park": {"技能培训": 0.9, "就业信息": 0.9, "会议室": 0.9},
    "training_base": {"技能培训": 1.0, "会议室": 0.6, "座椅": 0.9},
    "other": {"爱心货架": 0.9, "座椅": 0.5},
}  # fmt: skip
