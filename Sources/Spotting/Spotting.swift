// The first file of Spotting.
