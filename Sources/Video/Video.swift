// The first file of Video.
