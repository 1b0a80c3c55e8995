"""Columns that ObsCore 1.1 describes and does not ask for (Louys et al. 2017, table 7)."""

from portal.model.schema import Column, ColumnType

__all__ = ["OPTIONAL"]


def _column(name: str, ucd: str, utype: str, unit: str | None = None) -> Column:
    """A text, or a number where there is a `unit`."""
    kind: ColumnType = "string" if unit is None else "float64"
    return Column(name, kind, unit or "", ucd, utype=f"obscore:{utype}")


_STATUS = "meta.code.qual"
_SKY, _TIME, _SPECTRUM, _SEEN = (
    f"Char.{name}Axis" for name in ("Spatial", "Time", "Spectral", "Observable")
)

OPTIONAL = (
    _column("dataproduct_subtype", "meta.code.class", "ObsDataset.dataProductSubtype"),
    _column("target_class", "src.class", "Target.class"),
    _column("obs_creation_date", "time;meta.dataset", "DataID.date"),
    _column("obs_creator_name", "meta.id", "DataID.creator"),
    _column("obs_creator_did", "meta.id", "DataID.creatorDID"),
    _column("obs_title", "meta.title;obs", "DataID.title"),
    _column("publisher_id", "meta.ref.ivoid", "Curation.publisherID"),
    _column("bib_reference", "meta.bib.bibcode", "Curation.reference"),
    _column("data_rights", "meta.code", "Curation.rights"),
    _column("obs_release_date", "time.release", "Curation.releaseDate"),
    _column("proposal_id", "meta.id;obs.proposal", "Provenance.Proposal.identifier"),
    _column("s_ucd", "meta.ucd", f"{_SKY}.ucd"),
    _column("s_unit", "meta.unit", f"{_SKY}.unit"),
    _column("s_resolution_min", "pos.angResolution;stat.min",
            f"{_SKY}.Resolution.Bounds.Limits.LoLimit", "arcsec"),
    _column("s_resolution_max", "pos.angResolution;stat.max",
            f"{_SKY}.Resolution.Bounds.Limits.HiLimit", "arcsec"),
    _column("s_pixel_scale", "phys.angSize;instr.pixel",
            f"{_SKY}.Sampling.RefVal.SamplingPeriod", "arcsec"),
    _column("s_calib_status", _STATUS, f"{_SKY}.calibrationStatus"),
    _column("s_stat_error", "stat.error;pos.eq", f"{_SKY}.Accuracy.statError.refval.value",
            "arcsec"),
    _column("t_calib_status", _STATUS, f"{_TIME}.calibrationStatus"),
    _column("t_stat_error", "stat.error;time", f"{_TIME}.Accuracy.StatError.refval.value", "s"),
    _column("em_ucd", "meta.ucd", f"{_SPECTRUM}.ucd"),
    _column("em_unit", "meta.unit", f"{_SPECTRUM}.unit"),
    _column("em_calib_status", _STATUS, f"{_SPECTRUM}.calibrationStatus"),
    _column("em_res_power_min", "spect.resolution;stat.min",
            f"{_SPECTRUM}.Resolution.ResolPower.LoLimit", ""),
    _column("em_res_power_max", "spect.resolution;stat.max",
            f"{_SPECTRUM}.Resolution.ResolPower.HiLimit", ""),
    _column("em_resolution", "spect.resolution;stat.mean",
            f"{_SPECTRUM}.Resolution.refval.value", "m"),
    _column("em_stat_error", "stat.error;em", f"{_SPECTRUM}.Accuracy.StatError.refval.value",
            "m"),
    _column("o_unit", "meta.unit", f"{_SEEN}.unit"),
    _column("o_calib_status", _STATUS, f"{_SEEN}.calibrationStatus"),
    _column("o_stat_error", "stat.error", f"{_SEEN}.Accuracy.StatError.refval.value", ""),
)  # fmt: skip
"""In the order of the standard's axes."""
