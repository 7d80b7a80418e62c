"""Layers of a run: opened back they say what the run says, in QGIS's own library too."""

import shutil
import subprocess
from dataclasses import replace

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from stationmap.report.layers import cells, gaps, layers, outlines, write_geopackage
from stationmap.runs.norms import ground_of
from tests.report_town import NOON, town_inputs, town_run


def test_a_geopackage_has_every_layer_and_the_numbers_of_the_run(tmp_path):
    path = tmp_path / "town.gpkg"
    write_geopackage(town_run(), path, "en")
    assert [name for name, _ in pyogrio.list_layers(path)] == ["cells", "gaps", "stations", "areas", "ground"]
    back = {name: geopandas.read_file(path, layer=name) for name in ("cells", "gaps", "stations", "areas")}
    assert {name: len(frame) for name, frame in back.items()} == {
        "cells": 25,
        "gaps": len(town_run().found.gaps.patches),
        "stations": 4,
        "areas": 3,
    }
    assert all(frame.crs.to_epsg() == 4326 for frame in back.values())
    assert back["gaps"]["people_upper"].sum() == 290.0
    assert back["gaps"]["people_lower"].sum() == 195.0
    served = back["cells"][back["cells"]["reason"] == "served"]
    assert served["people"].sum() == 35.0
    assert sorted(served["id"]) == ["c01", "c10", "c11", "c12", "c21"]
    city = back["areas"].set_index("adcode").loc["410100"]
    assert (city["demand"], city["covered_310_lower"], city["covered_310_upper"]) == (300.0, 35.0, 130.0)
    assert dict(zip(back["stations"]["id"], back["stations"]["standing"], strict=True)) == {
        "A": "serves",
        "B": "lacks",
        "C": "closed",
        "D": "unknown",
    }


def test_ground_without_a_station_is_that_of_the_rules_and_only_by_air(tmp_path):
    run = town_run()
    path = tmp_path / "town.gpkg"
    write_geopackage(run, path, "en")
    back = geopandas.read_file(path, layer="ground")
    bounds = ground_of(run)
    told = back.groupby("certain")["area_m2"].sum()
    assert told[True] == pytest.approx(bounds.lower.uncovered_m2)
    assert told[False] == pytest.approx(bounds.upper.uncovered_m2)
    assert told[True] < told[False]
    for name in ("A", "D"):
        at = run.inputs.supply.position(name)
        spot = shapely.Point(run.inputs.supply.lon[at], run.inputs.supply.lat[at])
        assert not back[back["certain"]].contains(spot).any()
        assert back[~back["certain"]].contains(spot).any() == (name == "D")
    assert "ground" not in layers(town_run(replace(town_inputs(), areas=None)), "en")


def test_ogrinfo_reads_it(tmp_path):
    if shutil.which("ogrinfo") is None:
        pytest.skip("ogrinfo is not on PATH: apt install gdal-bin")
    path = tmp_path / "town.gpkg"
    write_geopackage(town_run(), path, "zh")
    said = subprocess.run(["ogrinfo", "-so", str(path), "gaps"], capture_output=True, text=True, check=True).stdout
    assert "Multi Polygon" in said
    assert f"Feature Count: {len(town_run().found.gaps.patches)}" in said


def test_a_gap_is_its_cells_dissolved():
    run = town_run()
    for patch, shape in zip(run.found.gaps.patches, outlines(run), strict=True):
        whole = shapely.union_all(run.inputs.demand.cells[patch.rows])
        assert shape.geom_type == "MultiPolygon"
        assert shape.symmetric_difference(whole).area < 1e-12


def test_demand_of_points_gives_multipoints_and_a_mixture_gives_polygons():
    run = town_run(town_inputs(cells=False), **NOON)
    assert {each.geom_type for each in outlines(run)} == {"MultiPoint"}
    inputs = town_inputs()
    some = inputs.demand.cells.copy()
    some[::2] = None
    mixed = town_run(replace(inputs, demand=replace(inputs.demand, cells=some)), **NOON)
    assert {each.geom_type for each in outlines(mixed)} == {"MultiPolygon"}
    assert all(each.is_valid for each in outlines(mixed))


def test_unreached_places_have_no_metres_and_words_are_in_the_language():
    frame = cells(town_run(need=["microwave"], week_hour=3, reach_m=[310]), "zh")
    assert frame["certain_m"].isna().all()
    assert np.isfinite(frame["possible_m"]).sum() == 5
    assert set(frame["reason_words"]) <= {
        "可能有服务：有情况不清楚",
        "站点此时不开",
        "站点没有该服务",
        "范围内没有站点",
    }


def test_all_served_leaves_no_layer_of_gaps(tmp_path):
    run = town_run(reach_m=[2000])
    assert len(gaps(run, "en")) == 0
    assert set(layers(run, "en")) == {"cells", "stations", "areas"}
    write_geopackage(run, tmp_path / "all.gpkg", "en")
    assert len(pyogrio.list_layers(tmp_path / "all.gpkg")) == 3
