"""The two spectra, by name."""

#: Names of the modalities; the index of a name is its number in the data.
MODALITIES = ('visible', 'infrared')
