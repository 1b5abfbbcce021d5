// The first file of Bus.
