// The first file of AdaSpot.
