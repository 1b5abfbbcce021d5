import AdaSpot

/// Sizes of an overlay: the enlarged picture, and below it a row for each class and one of words.
struct OverlayLayout {
  /// How many times as large as the model's the picture is shown.
  let scale: Int
  /// Pixels of a font pixel.
  let font: Int
  let width: Int
  let pictureRows: Int
  let rowHeight: Int
  /// Of the whole, even as the encoder wants them.
  let size: PixelSize

  /// The picture is shown at least this wide.
  private static let leastWidth = 640

  /// For pictures of `picture` pixels and `classes` rows of scores.
  init(picture: PixelSize, classes: Int) {
    scale = max(1, (Self.leastWidth + picture.columns - 1) / picture.columns)
    font = max(1, (picture.columns * scale + 200) / 400)
    width = (picture.columns * scale + 1) / 2 * 2
    pictureRows = picture.rows * scale
    rowHeight = (BitmapFont.rows + 4) * font
    let rows = pictureRows + rowHeight * (classes + 1) + 6 * font
    size = PixelSize(rows: (rows + 1) / 2 * 2, columns: width)
  }
}
