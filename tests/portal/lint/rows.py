"""A clean table with a product of each kind."""

from portal.obscore.table import table_of

POLYGON = "POLYGON ICRS 10.1 40.9 9.9 40.9 9.9 41.1 10.1 41.1"


def _row(number, **values):
    return {
        "calib_level": 2,
        "obs_collection": "stars",
        "obs_id": f"o{number}",
        "obs_publisher_did": f"ivo://atomium.example/stars?o{number}",
        "access_url": f"https://example.org/data/o{number}.fits",
        "access_format": "application/fits",
        "access_estsize": 1200,
        "target_name": "IK Tau",
        "facility_name": "ALMA",
        "instrument_name": "ALMA",
    } | values


SKY = {"s_ra": 10.0, "s_dec": 41.0, "s_fov": 0.25, "s_region": POLYGON}
TIME = {"t_min": 58000.0, "t_max": 58000.05, "t_exptime": 3600.0, "t_resolution": 3600.0}
BAND = {"em_min": 8.1e-4, "em_max": 8.2e-4}
ROWS = [
    _row(0, dataproduct_type="cube", **SKY, **TIME, **BAND, s_resolution=0.5, s_xel1=500,
         s_xel2=500, em_xel=1000, em_res_power=1e6, o_ucd="phot.flux.density;em.mm",
         pol_states="/I/", pol_xel=1),
    _row(1, dataproduct_type="image", **SKY, **TIME, em_min=5e-7, em_max=6e-7, em_xel=1,
         s_resolution=1.0, s_xel1=900, s_xel2=900, t_xel=1, o_ucd="phot.count"),
    _row(2, dataproduct_type="spectrum", s_ra=359.99, s_dec=-41.0, s_fov=0.001,
         s_region="CIRCLE ICRS 0.0001 -41 0.01", em_min=3.5e-7, em_max=9e-7, em_xel=4000,
         em_res_power=2000.0, o_ucd="phot.flux.density;em.wl", t_min=58001.0, t_max=58001.01,
         t_exptime=800.0) | {"s_fov": 0.02},
    _row(3, dataproduct_type="timeseries", s_ra=100.0, s_dec=89.9, t_min=51544.0, t_max=51644.0,
         t_exptime=1e6, t_resolution=100.0, t_xel=5000, em_min=1e-10, em_max=4e-10,
         o_ucd="phot.count;em.X-ray"),
    _row(4, dataproduct_type="event", s_ra=200.0, s_dec=0.0, s_xel1=-1, s_xel2=-1,
         em_min=1e-10, em_max=1e-9, t_min=52000.0, t_max=52001.0, t_exptime=5e4),
    _row(5, dataproduct_type="cube", calib_level=4, em_min=1.3e-3, em_max=1.3001e-3, em_xel=60,
         s_fov=1e-3, s_xel1=64, s_xel2=64, o_ucd="phys.temperature"),
    _row(6, dataproduct_type=None, access_url=None, access_format=None, target_name=None),
    _row(7, dataproduct_type="image", s_ra=30.0, s_dec=-80.0, s_fov=40.0,
         s_region="POLYGON ICRS 0 -70 120 -70 240 -70", pol_states="/I/Q/U/V/", pol_xel=4),
]  # fmt: skip


def clean():
    """The table."""
    return table_of(ROWS)


def changed(row, **values):
    """The table with other values in one row."""
    return table_of([old | values if i == row else old for i, old in enumerate(ROWS)])
