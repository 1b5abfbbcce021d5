package import AdaSpot

/// Where regions of interest lie in the decoded picture: they count pixels of its central crop.
package struct RegionGeometry {
  /// A rectangle in pixels of the decoded picture.
  package struct Box: Equatable {
    package let top: Int
    package let left: Int
    package let rows: Int
    package let columns: Int

    package init(top: Int, left: Int, rows: Int, columns: Int) {
      self.top = top
      self.left = left
      self.rows = rows
      self.columns = columns
    }
  }

  /// Size of the decoded picture, and of the crop in its middle.
  package let picture: PixelSize
  package let crop: PixelSize

  package init(picture: PixelSize, crop: PixelSize) {
    self.picture = picture
    self.crop = crop
  }

  init(_ configuration: ModelConfiguration) {
    self.init(picture: configuration.highResolution, crop: configuration.highCrop)
  }

  /// nil for a blank region.
  package func box(_ region: RegionOfInterest) -> Box? {
    guard let origin = region.origin else { return nil }
    let top = centred(crop.rows, in: picture.rows).lowerBound
    let left = centred(crop.columns, in: picture.columns).lowerBound
    return Box(top: top + origin.top, left: left + origin.left, rows: region.rows, columns: region.columns)
  }

  /// Whether `region` holds the point that lies at these fractions of the picture's width and height.
  package func holds(_ region: RegionOfInterest, x: Double, y: Double) -> Bool {
    guard let box = box(region) else { return false }
    let column = x * Double(picture.columns)
    let row = y * Double(picture.rows)
    return column >= Double(box.left) && column < Double(box.left + box.columns) && row >= Double(box.top)
      && row < Double(box.top + box.rows)
  }
}
