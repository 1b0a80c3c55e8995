"""Every column of the catalogue: name, type, unit, UCD and meaning.

The tables are described here and nowhere else; Parquet metadata, CSV headers, the schema
page and the checks are all made from these descriptions. ObsCore columns follow the IVOA
Recommendation ObsCore 1.1 (Louys et al. 2017), units VOUnits 1.1, UCDs UCD1+ 1.5.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "CUBE",
    "FILES",
    "MODELS",
    "OBSCORE",
    "OBSERVATIONS",
    "PARAMETERS",
    "PROBLEMS",
    "PROVENANCE",
    "SCHEMA_VERSION",
    "SMALL_DATASETS",
    "TABLES",
    "TWINS",
    "Column",
    "ColumnType",
    "small_dataset_columns",
]

SCHEMA_VERSION = "1.4"

ColumnType: TypeAlias = Literal[
    "string", "int32", "int64", "float32", "float64", "bool", "list<string>", "list<int64>"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name, type
        As in the Parquet file.
    unit
        VOUnit string; '' for a pure number or text.
    ucd
        UCD1+ words; '' where none fits.
    description
        One sentence.
    required
        Whether every row has a value.
    utype
        Place in a data model of the Virtual Observatory, such as ``obscore:Target.name``; ''
        for none.
    """

    name: str
    type: ColumnType
    unit: str = ""
    ucd: str = ""
    description: str = ""
    required: bool = False
    utype: str = ""


MODELS = (
    Column("model_id", "string", "", "meta.id;meta.main", "Unique name of the model; also the stem of its files.", True),
    Column("collection", "string", "", "meta.id", "Collection that the model belongs to.", True),
    Column("title", "string", "", "meta.title", "What the model is, in a few words."),
    Column("format", "string", "", "meta.code", "Format of the model file, or of the observation file where there is no model file.", True),
    Column("code", "string", "", "meta.id;meta.software", "Program that made the hydro-chemical model, with its version."),
    Column("n_points", "int64", "", "meta.number", "Number of points or cells of the model."),
    Column("species", "list<string>", "", "phys.atmol.element", "Species with an abundance in the model or a line in its observations."),
    Column("n_observations", "int32", "", "meta.number", "Number of synthetic observations of the model.", True),
    Column("model_path", "string", "", "meta.ref.url;meta.file", "Path of the model file in the store."),
    Column("observation_path", "string", "", "meta.ref.url;meta.file", "Path of the observation file in the store."),
    Column("bytes", "int64", "byte", "phys.size;meta.file", "Size of the files of the model together.", True),
    Column("engine", "string", "", "meta.id;meta.software", "Radiative-transfer engine of the observations."),
    Column("engine_version", "string", "", "meta.version;meta.software", "Version of the radiative-transfer engine."),
    Column("license", "string", "", "meta.note", "Licence, as an SPDX identifier.", True),
    Column("advisories", "list<string>", "", "meta.code.qual", "Advisories that hold for the model or for one of its observations, by their ids; an empty list where none does.", True),
)

PARAMETERS = (
    Column("morphology", "string", "", "meta.code.class;src.morph", "Shape of the wind: spherical, spiral, bipolar or disk."),
    Column("mass_loss_rate", "float64", "solMass/yr", "phys.mass.loss", "Mass lost by the star per unit time."),
    Column("initial_velocity", "float64", "km/s", "phys.veloc", "Speed of the wind at the inner radius."),
    Column("terminal_velocity", "float64", "km/s", "phys.veloc.expansion", "Speed that the wind reaches far from the star."),
    Column("acceleration_exponent", "float64", "", "arith.factor", "Exponent beta of the velocity law v(r) = v0 + (vinf - v0) (1 - R/r)^beta."),
    Column("stellar_radius", "float64", "au", "phys.size.radius", "Radius of the star."),
    Column("stellar_temperature", "float64", "K", "phys.temperature", "Gas temperature at the stellar radius."),
    Column("stellar_mass", "float64", "solMass", "phys.mass", "Mass of the star."),
    Column("temperature_exponent", "float64", "", "arith.factor", "Exponent of the temperature law T(r) = T0 (r/R)^-q."),
    Column("turbulent_velocity", "float64", "km/s", "phys.veloc.microTurb", "Turbulent line broadening (most probable speed)."),
    Column("outer_radius", "float64", "au", "phys.size.radius", "Half the side of the model box."),
    Column("companion_mass", "float64", "solMass", "phys.mass", "Mass of the companion."),
    Column("orbital_separation", "float64", "au", "phys.size.smajAxis", "Distance between star and companion."),
    Column("orbital_period", "float64", "yr", "time.period", "Orbital period of the binary."),
    Column("eccentricity", "float64", "", "src.orbital.eccentricity", "Eccentricity of the orbit."),
    Column("arm_spacing", "float64", "au", "phys.size", "Radial distance between two windings of the spiral."),
    Column("arm_contrast", "float64", "", "phys.density;arith.ratio", "Amplitude of the density in the spiral arm over the mean density."),
    Column("arm_height", "float64", "", "phys.size;arith.ratio", "Height of the spiral arm over the orbital plane, as |z|/r."),
    Column("density_contrast", "float64", "", "phys.density;arith.ratio", "Density at the equator (disk) or pole (bipolar) over the spherical value."),
    Column("opening_angle", "float64", "deg", "pos.angDistance", "Half-opening angle of the bipolar lobes or of the disk."),
    Column("co_abundance", "float64", "", "phys.abund", "Number of CO molecules per H2."),
    Column("sio_abundance", "float64", "", "phys.abund", "Number of SiO molecules per H2."),
    Column("hcn_abundance", "float64", "", "phys.abund", "Number of HCN molecules per H2."),
    Column("time", "float64", "s", "time.relax", "Time since the start of the simulation."),
)

OBSCORE = (
    Column("dataproduct_type", "string", "", "meta.code.class", "Kind of product; none where no word of ObsCore fits.", utype="obscore:ObsDataset.dataProductType"),
    Column("calib_level", "int32", "", "meta.code;obs.calib", "Calibration level, 0 (raw) to 4; 4 for a product of a model.", True, "obscore:ObsDataset.calibLevel"),
    Column("obs_collection", "string", "", "meta.id", "Collection.", True, "obscore:DataID.collection"),
    Column("obs_id", "string", "", "meta.id", "Identifier of the observation.", True, "obscore:DataID.observationID"),
    Column("obs_publisher_did", "string", "", "meta.ref.ivoid", "Identifier given by the publisher.", True, "obscore:Curation.publisherDID"),
    Column("access_url", "string", "", "meta.ref.url", "Where to get the file.", utype="obscore:Access.reference"),
    Column("access_format", "string", "", "meta.code.mime", "Media type of the file.", utype="obscore:Access.format"),
    Column("access_estsize", "int64", "kbyte", "phys.size;meta.file", "Size of the file.", utype="obscore:Access.size"),
    Column("target_name", "string", "", "meta.id;src", "Name of the target; for a model, its name.", utype="obscore:Target.name"),
    Column("s_ra", "float64", "deg", "pos.eq.ra", "Right ascension of the centre, ICRS; none for a model.", utype="obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1"),
    Column("s_dec", "float64", "deg", "pos.eq.dec", "Declination of the centre, ICRS; none for a model.", utype="obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C2"),
    Column("s_fov", "float64", "deg", "phys.angSize;instr.fov", "Diameter of the field of view.", utype="obscore:Char.SpatialAxis.Coverage.Bounds.Extent.diameter"),
    Column("s_region", "string", "", "pos.outline;obs.field", "Footprint on the sky, ICRS; none for a model.", utype="obscore:Char.SpatialAxis.Coverage.Support.Area"),
    Column("s_resolution", "float64", "arcsec", "pos.angResolution", "Angular resolution.", utype="obscore:Char.SpatialAxis.Resolution.Refval.value"),
    Column("s_xel1", "int64", "", "meta.number", "Pixels along the first spatial axis.", utype="obscore:Char.SpatialAxis.numBins1"),
    Column("s_xel2", "int64", "", "meta.number", "Pixels along the second spatial axis.", utype="obscore:Char.SpatialAxis.numBins2"),
    Column("t_min", "float64", "d", "time.start;obs.exposure", "Start of the observation, MJD; none for a model.", utype="obscore:Char.TimeAxis.Coverage.Bounds.Limits.StartTime"),
    Column("t_max", "float64", "d", "time.end;obs.exposure", "End of the observation, MJD; none for a model.", utype="obscore:Char.TimeAxis.Coverage.Bounds.Limits.StopTime"),
    Column("t_exptime", "float64", "s", "time.duration;obs.exposure", "Exposure time; none for a model.", utype="obscore:Char.TimeAxis.Coverage.Support.Extent"),
    Column("t_resolution", "float64", "s", "time.resolution", "Time resolution; none for a model.", utype="obscore:Char.TimeAxis.Resolution.Refval.value"),
    Column("t_xel", "int64", "", "meta.number", "Elements along the time axis; none for a model.", utype="obscore:Char.TimeAxis.numBins"),
    Column("em_min", "float64", "m", "em.wl;stat.min", "Shortest vacuum wavelength.", utype="obscore:Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit"),
    Column("em_max", "float64", "m", "em.wl;stat.max", "Longest vacuum wavelength.", utype="obscore:Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit"),
    Column("em_res_power", "float64", "", "spect.resolution", "Spectral resolving power.", utype="obscore:Char.SpectralAxis.Resolution.ResolPower.refVal"),
    Column("em_xel", "int64", "", "meta.number", "Channels along the spectral axis.", utype="obscore:Char.SpectralAxis.numBins"),
    Column("o_ucd", "string", "", "meta.ucd", "UCD of the quantity in the cube.", utype="obscore:Char.ObservableAxis.ucd"),
    Column("pol_states", "string", "", "meta.code;phys.polarization", "Polarisation states between slashes, such as /I/Q/U/; none for a model.", utype="obscore:Char.PolarizationAxis.stateList"),
    Column("pol_xel", "int64", "", "meta.number", "Number of polarisation states; none for a model.", utype="obscore:Char.PolarizationAxis.numBins"),
    Column("facility_name", "string", "", "meta.id;instr.tel", "Facility; for a synthetic observation, the programme.", utype="obscore:Provenance.ObsConfig.Facility.name"),
    Column("instrument_name", "string", "", "meta.id;instr", "Instrument; for a synthetic observation, the engine.", utype="obscore:Provenance.ObsConfig.Instrument.name"),
)

SMALL_DATASETS = ("spectrum", "velocity", "moment0", "moment1", "moment2")
"""Datasets of an observation group that one range request fetches each."""


def small_dataset_columns(name: str) -> tuple[Column, ...]:
    """Columns that say where the bytes of the small dataset `name` lie."""
    return (
        Column(f"{name}_offset", "int64", "byte", "", f"First byte of the dataset {name} in the file; none where it is not stored in one piece."),
        Column(f"{name}_nbytes", "int64", "byte", "phys.size", f"Stored length of the dataset {name}."),
        Column(f"{name}_dtype", "string", "", "meta.code", f"Number type of the dataset {name}, as NumPy writes it."),
        Column(f"{name}_shape", "list<int64>", "", "meta.number", f"Lengths of the axes of the dataset {name}."),
        Column(f"{name}_filters", "string", "", "meta.code", f"Filters to undo when reading the dataset {name}, separated by commas; empty for raw bytes."),
    )


CUBE = "intensity"
"""Dataset of an observation group that is read chunk by chunk."""

_CUBE_COLUMNS = (
    Column(f"{CUBE}_shape", "list<int64>", "", "meta.number", "Lengths of the axes of the cube: channels, rows and columns."),
    Column(f"{CUBE}_chunks", "list<int64>", "", "meta.number", "Lengths of the blocks that the cube is stored in; none where it is stored in one piece."),
    Column(f"{CUBE}_dtype", "string", "", "meta.code", "Number type of the cube, as NumPy writes it."),
    Column(f"{CUBE}_filters", "string", "", "meta.code", "Filters to undo when reading a block of the cube, the last one first, separated by commas."),
    Column(f"{CUBE}_index", "int64", "byte", "", "First byte of the index of the blocks of the cube, an HDF5 B-tree of version 1; none where the file has another one."),
)

OBSERVATIONS = (
    *OBSCORE,
    Column("model_id", "string", "", "meta.id;meta.main", "Model that was observed; none where the sky was."),
    Column("path", "string", "", "meta.id;meta.file", "Path of the file in the store.", True),
    Column("hdf5_group", "string", "", "meta.id.part", "Group of the observation inside an HDF5 file."),
    Column("part", "string", "", "meta.id.part", "Part of a FITS file: the number of the HDU, and in brackets that of the target."),
    Column("o_unit", "string", "", "meta.unit", "Unit of the quantity, as FITS spells it; as it stands where it is none.", utype="obscore:Char.ObservableAxis.unit"),
    Column("filters", "string", "", "meta.id;instr.filter", "Filters that the light went through, with semicolons between them."),
    Column("indexed_axes", "string", "", "meta.code", "Axes whose bins are told one by one, em or t or both; blank where bins are counted."),
    Column("background", "string", "", "meta.id.part", "HDU or column that holds the background."),
    Column("uncertainty", "string", "", "meta.id.part", "HDU or column that holds the uncertainties."),
    Column("species", "string", "", "phys.atmol.element", "Species of the line."),
    Column("transition", "string", "", "meta.id;phys.atmol.transition", "Transition, upper-lower."),
    Column("line", "string", "", "meta.id;spect.line", "Species and transition together."),
    Column("rest_frequency", "float64", "Hz", "em.freq;spect.line", "Rest frequency of the line."),
    Column("inclination", "float64", "deg", "pos.posAng", "Angle between the model's z axis and the direction to the observer."),
    Column("azimuth", "float64", "deg", "pos.posAng", "Angle of the direction to the observer about the model's z axis, from x towards y."),
    Column("distance", "float64", "pc", "pos.distance", "Assumed distance."),
    Column("beam_major", "float64", "arcsec", "pos.angResolution;stat.max", "Major axis of the beam (FWHM); 0 where none was applied."),
    Column("beam_minor", "float64", "arcsec", "pos.angResolution;stat.min", "Minor axis of the beam (FWHM); 0 where none was applied."),
    Column("beam_pa", "float64", "deg", "pos.posAng", "Position angle of the beam, north to east."),
    Column("n_channels", "int32", "", "meta.number", "Channels of the cube."),
    Column("velocity_min", "float64", "km/s", "phys.veloc;stat.min", "Lowest velocity of the spectral axis (radio convention)."),
    Column("velocity_max", "float64", "km/s", "phys.veloc;stat.max", "Highest velocity of the spectral axis (radio convention)."),
    Column("peak_flux_density", "float64", "Jy", "phot.flux.density;stat.max", "Highest flux density of the disk-integrated spectrum."),
    Column("integrated_flux", "float64", "Jy.km/s", "phot.flux;em.line", "Flux density of the disk-integrated spectrum integrated over velocity."),
    Column("engine", "string", "", "meta.id;meta.software", "Radiative-transfer engine."),
    Column("engine_version", "string", "", "meta.version;meta.software", "Version of the radiative-transfer engine."),
    Column("advisories", "list<string>", "", "meta.code.qual", "Advisories that hold for the observation or for its model, by their ids; an empty list where none does.", True),
    *(column for name in SMALL_DATASETS for column in small_dataset_columns(name)),
    *_CUBE_COLUMNS,
)

FILES = (
    Column("path", "string", "", "meta.id;meta.file;meta.main", "Path of the file in the store.", True),
    Column("collection", "string", "", "meta.id", "Collection that the file belongs to.", True),
    Column("url", "string", "", "meta.ref.url", "Where to get the file."),
    Column("bytes", "int64", "byte", "phys.size;meta.file", "Size of the file.", True),
    Column("sha256", "string", "", "meta.checksum", "SHA-256 of the file, in hexadecimal; none where it was not computed."),
    Column("mtime_ns", "int64", "ns", "time.processing", "Time of the last change since 1970-01-01 UTC.", True),
    Column("kind", "string", "", "meta.code.class", "model, observation (of a model), product (observed), or other.", True),
    Column("format", "string", "", "meta.code.mime", "Name of the format, or unknown.", True),
    Column("model_id", "string", "", "meta.id", "Model that the file belongs to."),
)

PROBLEMS = (
    Column("path", "string", "", "meta.id;meta.file", "Path of the file in the store.", True),
    Column("collection", "string", "", "meta.id", "Collection that the file belongs to.", True),
    Column("severity", "string", "", "meta.code.qual", "error: not in the catalogue; warning: in the catalogue, needs a look.", True),
    Column("code", "string", "", "meta.code.error", "Stable word for the kind of problem.", True),
    Column("what", "string", "", "meta.note", "What is wrong.", True),
    Column("seen", "string", "", "meta.note", "What was found."),
    Column("expected", "string", "", "meta.note", "What would have been right."),
    Column("way_out", "string", "", "meta.note", "What to do."),
)

PROVENANCE = (
    Column("path", "string", "", "meta.id;meta.file", "File that the row is of.", True),
    Column(
        "part",
        "string",
        "",
        "meta.id.part",
        "Part of the file, such as HDU 1; empty for the whole.",
    ),
    Column("obs_publisher_did", "string", "", "meta.ref.ivoid", "Identifier of the row.", True),
    Column("column", "string", "", "meta.id", "Column of ObsCore.", True),
    Column("value", "string", "", "meta.note", "The value, as text.", True),
    Column(
        "used",
        "bool",
        "",
        "meta.code",
        "Whether it stands in the table; if not, another one was preferred.",
        True,
    ),
    Column(
        "kind",
        "string",
        "",
        "meta.code.class",
        "What gave it: keyword, wcs, column, data, attribute, file, mapping, curation, collection or default.",
        True,
    ),
    Column("source", "string", "", "meta.note", "The keyword, axis, column or rule.", True),
    Column(
        "confidence",
        "float64",
        "",
        "stat.probability",
        "1 stated, 0.9 derived, 0.7 by custom, 0.4 inferred.",
        True,
    ),
    Column("where", "string", "", "meta.ref", "File and line of the rule or record."),
    Column("note", "string", "", "meta.note", "What was assumed or repaired."),
)

TABLES = {
    "models": MODELS,
    "observations": OBSERVATIONS,
    "files": FILES,
    "problems": PROBLEMS,
    "provenance": PROVENANCE,
}

TWINS = ("files", "models", "observations", "problems")
"""Tables with a twin as CSV. That of where values are from has some thirty rows a product."""
