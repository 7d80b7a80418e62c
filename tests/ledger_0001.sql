BEGIN TRANSACTION;
CREATE TABLE area (
	adcode VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	parent VARCHAR NOT NULL, 
	geometry BLOB, 
	source VARCHAR NOT NULL, 
	fictional BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_area PRIMARY KEY (adcode), 
	CONSTRAINT fk_area_revision FOREIGN KEY(revision) REFERENCES revision (id)
);
INSERT INTO "area" VALUES('410103','二七区','district','410100',X'01030000000100000005000000CDCCCCCCCC6C5C40CDCCCCCCCC4C4140CDCCCCCCCC6C5C4066666666666641400000000000605C4066666666666641400000000000605C40CDCCCCCCCC4C4140CDCCCCCCCC6C5C40CDCCCCCCCC4C4140','',0,5);
CREATE TABLE calendar_day (
	day VARCHAR NOT NULL, 
	off BOOLEAN NOT NULL, 
	name VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_calendar_day PRIMARY KEY (day), 
	CONSTRAINT fk_calendar_day_revision FOREIGN KEY(revision) REFERENCES revision (id)
);
INSERT INTO "calendar_day" VALUES('2027-01-01',1,'元旦','',7);
CREATE TABLE change (
	subject VARCHAR NOT NULL, 
	record_id VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	action VARCHAR NOT NULL, 
	"after" JSON, 
	CONSTRAINT pk_change PRIMARY KEY (subject, record_id, revision), 
	CONSTRAINT fk_change_revision FOREIGN KEY(revision) REFERENCES revision (id)
);
INSERT INTO "change" VALUES('station','a3h7yhp6sv',1,'created','{"id":"a3h7yhp6sv","name":"二七驿站","address":"大学路1号","area_name":"二七区","adcode":"410103","kinds":["rest_station","book_corner"],"location":{"lon":113.64,"lat":34.74,"received_x":113.6462,"received_y":34.7389,"received_datum":"gcj02","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}},"hours":{"text":"周一至周五 8:30-17:00","osm":"Mo-Fr 08:30-17:00","unread":["详询前台"],"makeup":"work","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}},"services":[{"code":"hot_water","answer":"yes","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}},{"code":"microwave","answer":"no","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}},{"code":"toilet","answer":"yes","nearby_m":120.0,"outage_until":"2026-12-01","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}}],"access":["open_door"],"members_only":"no","floor":"1层","phone":"0371-1","seats":12,"area_m2":30.5,"confirmed_on":"2026-05-01","confirmed_by":"李","list_name":"驿站","list_key":"1","provenance":{"source":"名单.xlsx","asof":"2026-03-01"},"revision":1}');
INSERT INTO "change" VALUES('station','b0000000b0',1,'created','{"id":"b0000000b0","name":"无坐标驿站","provenance":{"basis":"inferred"},"revision":1}');
INSERT INTO "change" VALUES('station','c0000000c0',1,'created','{"id":"c0000000c0","name":"样例驿站","location":{"lon":102.3,"lat":40.3,"received_x":102.3,"received_y":40.3,"received_datum":"wgs84"},"fictional":true,"revision":1}');
INSERT INTO "change" VALUES('station','d0000000d0',1,'created','{"id":"d0000000d0","name":"将撤驿站","revision":1}');
INSERT INTO "change" VALUES('host','h1',2,'created','{"id":"h1","name":"银行","host_type":"bank","revision":2}');
INSERT INTO "change" VALUES('station','a3h7yhp6sv',3,'updated','{"id":"a3h7yhp6sv","name":"二七广场驿站","address":"大学路1号","area_name":"二七区","adcode":"410103","kinds":["rest_station","book_corner"],"location":{"lon":113.64,"lat":34.74,"received_x":113.6462,"received_y":34.7389,"received_datum":"gcj02","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}},"hours":{"text":"周一至周五 8:30-17:00","osm":"Mo-Fr 08:30-17:00","unread":["详询前台"],"makeup":"work","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}},"services":[{"code":"hot_water","answer":"yes","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}},{"code":"microwave","answer":"no","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}},{"code":"toilet","answer":"yes","nearby_m":120.0,"outage_until":"2026-12-01","provenance":{"source":"名单.xlsx","asof":"2026-03-01"}}],"access":["open_door"],"members_only":"no","floor":"1层","phone":"0371-1","seats":12,"area_m2":30.5,"confirmed_on":"2026-05-01","confirmed_by":"李","list_name":"驿站","list_key":"1","provenance":{"source":"新名单.xlsx","asof":"2026-04-01"},"revision":3}');
INSERT INTO "change" VALUES('station','d0000000d0',4,'removed','{"id":"d0000000d0","name":"将撤驿站","removed":true,"revision":4}');
INSERT INTO "change" VALUES('area','410103',5,'created','{"adcode":"410103","name":"二七区","level":"district","parent":"410100","fictional":false,"source":"","revision":5,"geometry_sha256":"9d48cea8d0b169d6603848ede6487a374ed88d6fd85e57ab61987ebba21c5c48"}');
INSERT INTO "change" VALUES('street','7291ddf1afbc2efa4e77',6,'created','{"id":"7291ddf1afbc2efa4e77","name":"大学路","fictional":false,"source":"","revision":6,"geometry_sha256":"309f1829557bd8fb1d9df310773c2e3f12f0d372e22dc9b0ed3a988f0b5a9800"}');
INSERT INTO "change" VALUES('calendar_day','2027-01-01',7,'created','{"day":"2027-01-01","off":true,"name":"元旦","source":"","revision":7}');
CREATE TABLE host (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	host_type VARCHAR NOT NULL, 
	type_text VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	area_name VARCHAR NOT NULL, 
	adcode VARCHAR NOT NULL, 
	lon DOUBLE, 
	lat DOUBLE, 
	received_x DOUBLE, 
	received_y DOUBLE, 
	received_datum VARCHAR, 
	location_basis VARCHAR, 
	location_source VARCHAR, 
	location_asof VARCHAR, 
	phone VARCHAR NOT NULL, 
	hours_text VARCHAR NOT NULL, 
	hours_osm VARCHAR NOT NULL, 
	hours_unread JSON, 
	hours_uncertain BOOLEAN NOT NULL, 
	makeup VARCHAR NOT NULL, 
	hours_basis VARCHAR NOT NULL, 
	hours_source VARCHAR NOT NULL, 
	hours_asof VARCHAR, 
	list_name VARCHAR NOT NULL, 
	list_key VARCHAR NOT NULL, 
	basis VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	asof VARCHAR, 
	fictional BOOLEAN NOT NULL, 
	removed BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_host PRIMARY KEY (id), 
	CONSTRAINT ck_host_located CHECK ((lon IS NULL) = (lat IS NULL)), 
	CONSTRAINT ck_host_lon CHECK (lon BETWEEN -180 AND 180), 
	CONSTRAINT ck_host_lat CHECK (lat BETWEEN -90 AND 90), 
	CONSTRAINT fk_host_revision FOREIGN KEY(revision) REFERENCES revision (id)
);
INSERT INTO "host" VALUES('h1','银行','bank','','','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','',NULL,0,'unknown','found','',NULL,'','','found','',NULL,0,0,2);
CREATE TABLE ledger (
	id INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_ledger PRIMARY KEY (id)
);
INSERT INTO "ledger" VALUES(1,7);
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	counts JSON NOT NULL, 
	CONSTRAINT pk_revision PRIMARY KEY (id)
);
INSERT INTO "revision" VALUES(1,'2026-11-20T20:01:22.209+00:00','李','import','名单.xlsx','abababababababababababababababababababababababababababababababab','stations','{"created":4}');
INSERT INTO "revision" VALUES(2,'2026-11-20T20:01:22.214+00:00','李','hosts','','','hosts','{"created":1}');
INSERT INTO "revision" VALUES(3,'2026-11-20T20:01:22.216+00:00','王','import','','','stations','{"updated":1}');
INSERT INTO "revision" VALUES(4,'2026-11-20T20:01:22.218+00:00','王','撤销','','','removal','{"removed":1}');
INSERT INTO "revision" VALUES(5,'2026-11-20T20:01:22.221+00:00','李','areas','','','areas','{"created":1}');
INSERT INTO "revision" VALUES(6,'2026-11-20T20:01:22.223+00:00','李','streets','','','streets','{"created":1}');
INSERT INTO "revision" VALUES(7,'2026-11-20T20:01:22.224+00:00','李','calendar','','','calendar','{"created":1}');
CREATE TABLE station (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	area_name VARCHAR NOT NULL, 
	adcode VARCHAR NOT NULL, 
	kinds VARCHAR NOT NULL, 
	lon DOUBLE, 
	lat DOUBLE, 
	received_x DOUBLE, 
	received_y DOUBLE, 
	received_datum VARCHAR, 
	location_basis VARCHAR, 
	location_source VARCHAR, 
	location_asof VARCHAR, 
	hours_text VARCHAR NOT NULL, 
	hours_osm VARCHAR NOT NULL, 
	hours_unread JSON, 
	hours_uncertain BOOLEAN NOT NULL, 
	makeup VARCHAR NOT NULL, 
	hours_basis VARCHAR NOT NULL, 
	hours_source VARCHAR NOT NULL, 
	hours_asof VARCHAR, 
	access VARCHAR NOT NULL, 
	members_only VARCHAR NOT NULL, 
	floor VARCHAR NOT NULL, 
	serves VARCHAR NOT NULL, 
	host_type VARCHAR NOT NULL, 
	host_name VARCHAR NOT NULL, 
	build_mode VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	seats INTEGER, 
	area_m2 DOUBLE, 
	parent_id VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	timezone VARCHAR NOT NULL, 
	confirmed_on VARCHAR, 
	confirmed_by VARCHAR NOT NULL, 
	list_name VARCHAR NOT NULL, 
	list_key VARCHAR NOT NULL, 
	basis VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	asof VARCHAR, 
	fictional BOOLEAN NOT NULL, 
	removed BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_station PRIMARY KEY (id), 
	CONSTRAINT ck_station_located CHECK ((lon IS NULL) = (lat IS NULL)), 
	CONSTRAINT ck_station_lon CHECK (lon BETWEEN -180 AND 180), 
	CONSTRAINT ck_station_lat CHECK (lat BETWEEN -90 AND 90), 
	CONSTRAINT fk_station_revision FOREIGN KEY(revision) REFERENCES revision (id)
);
INSERT INTO "station" VALUES('a3h7yhp6sv','二七广场驿站','大学路1号','二七区','410103','rest_station|book_corner',113.64,34.74,113.6462,34.7389,'gcj02','found','名单.xlsx','2026-03-01','周一至周五 8:30-17:00','Mo-Fr 08:30-17:00','["详询前台"]',0,'work','found','名单.xlsx','2026-03-01','open_door','no','1层','','','','','0371-1',12,30.5,'','','Asia/Shanghai','2026-05-01','李','驿站','1','found','新名单.xlsx','2026-04-01',0,0,3);
INSERT INTO "station" VALUES('b0000000b0','无坐标驿站','','','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','',NULL,0,'unknown','found','',NULL,'','unknown','','','','','','',NULL,NULL,'','','Asia/Shanghai',NULL,'','','','inferred','',NULL,0,0,1);
INSERT INTO "station" VALUES('c0000000c0','样例驿站','','','','',102.3,40.3,102.3,40.3,'wgs84','found','',NULL,'','',NULL,0,'unknown','found','',NULL,'','unknown','','','','','','',NULL,NULL,'','','Asia/Shanghai',NULL,'','','','found','',NULL,1,0,1);
INSERT INTO "station" VALUES('d0000000d0','将撤驿站','','','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','',NULL,0,'unknown','found','',NULL,'','unknown','','','','','','',NULL,NULL,'','','Asia/Shanghai',NULL,'','','','found','',NULL,0,1,4);
CREATE TABLE station_service (
	station_id VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	answer VARCHAR NOT NULL, 
	hours_text VARCHAR NOT NULL, 
	hours_osm VARCHAR NOT NULL, 
	nearby_m DOUBLE, 
	outage_until VARCHAR, 
	basis VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	asof VARCHAR, 
	CONSTRAINT pk_station_service PRIMARY KEY (station_id, code), 
	CONSTRAINT fk_station_service_station_id FOREIGN KEY(station_id) REFERENCES station (id) ON DELETE CASCADE
);
INSERT INTO "station_service" VALUES('a3h7yhp6sv','hot_water','yes','','',NULL,NULL,'found','名单.xlsx','2026-03-01');
INSERT INTO "station_service" VALUES('a3h7yhp6sv','microwave','no','','',NULL,NULL,'found','名单.xlsx','2026-03-01');
INSERT INTO "station_service" VALUES('a3h7yhp6sv','toilet','yes','','',120.0,'2026-12-01','found','名单.xlsx','2026-03-01');
CREATE TABLE stationmap_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT stationmap_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "stationmap_version" VALUES('0001');
CREATE TABLE street (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	geometry BLOB NOT NULL, 
	source VARCHAR NOT NULL, 
	fictional BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_street PRIMARY KEY (id), 
	CONSTRAINT fk_street_revision FOREIGN KEY(revision) REFERENCES revision (id)
);
INSERT INTO "street" VALUES('7291ddf1afbc2efa4e77','大学路',X'0102000000020000006666666666665C409A99999999594140CDCCCCCCCC6C5C409A99999999594140','',0,6);
COMMIT;
