import AdaSpot
import Evaluation
import Foundation
import Timeline

/// Paints a frame: the picture with saliency, region of interest and events on it, and below it the scores around the frame.
struct OverlayPainter {
  private let scene: OverlayScene
  private let geometry: RegionGeometry
  private let heat: HeatMap
  private let layout: OverlayLayout

  /// Frames before and after the present one whose scores are shown.
  private static let reach = 50
  /// Frames for which an event stays on the picture.
  private static let shownFrames = 8

  private static let background = Canvas.Colour(18, 21, 24)
  private static let ink = Canvas.Colour(232, 235, 238)
  private static let soft = Canvas.Colour(120, 130, 140)
  private static let truth = Canvas.Colour(255, 255, 255)
  private static let region = Canvas.Colour(255, 224, 64)
  /// Of the shown classes, in order; they can be told apart by colour-blind people.
  private static let colours: [Canvas.Colour] = [
    .init(86, 180, 233), .init(255, 154, 77), .init(44, 211, 160), .init(235, 156, 201), .init(230, 207, 74),
    .init(156, 201, 245), .init(200, 204, 208), .init(185, 163, 236),
  ]

  init(_ scene: OverlayScene, layout: OverlayLayout, geometry: RegionGeometry, saliency: PixelSize) {
    self.scene = scene
    self.layout = layout
    self.geometry = geometry
    heat = HeatMap(saliency, over: geometry, scale: layout.scale)
  }

  private var scale: Int { layout.scale }
  private var font: Int { layout.font }
  private var width: Int { layout.width }
  private var pictureRows: Int { layout.pictureRows }
  private var rowHeight: Int { layout.rowHeight }

  /// Paints scored frame `frame`, whose decoded picture is `source`, over all of `target`.
  func paint(_ frame: Int, _ source: Picture, on target: Picture) {
    let canvas = Canvas(picture: target)
    enlarge(source, into: target)
    heat.draw(scene.saliency(frame), on: canvas)
    paintRegion(frame, canvas)
    paintEvents(frame, canvas)
    paintPanel(frame, canvas)
  }

  private func enlarge(_ source: Picture, into target: Picture) {
    target.clear()
    for row in 0..<pictureRows {
      let from = row / scale * source.columns * 3
      let to = row * target.columns * 3
      for column in 0..<source.columns * scale {
        let pixel = from + column / scale * 3
        target.bytes[to + column * 3] = source.bytes[pixel]
        target.bytes[to + column * 3 + 1] = source.bytes[pixel + 1]
        target.bytes[to + column * 3 + 2] = source.bytes[pixel + 2]
      }
    }
  }

  private func paintRegion(_ frame: Int, _ canvas: Canvas) {
    // A truth file may tell any numbers, also such as no Int holds.
    if let ball = scene.ball(frame), (0...1).contains(ball.x), (0...1).contains(ball.y) {
      let column = Int(ball.x * Double(geometry.picture.columns * scale))
      let row = Int(ball.y * Double(pictureRows))
      let radius = 5 * font
      canvas.frame(
        left: column - radius, top: row - radius, columns: 2 * radius + 1, rows: 2 * radius + 1, Self.truth,
        thickness: 1)
    }
    guard let box = scene.region(frame).flatMap(geometry.box) else { return }
    let (left, top, columns, rows) = (box.left * scale, box.top * scale, box.columns * scale, box.rows * scale)
    canvas.frame(
      left: left - 1, top: top - 1, columns: columns + 2, rows: rows + 2, .black, thickness: font + 2)
    canvas.frame(left: left, top: top, columns: columns, rows: rows, Self.region, thickness: font)
  }

  private func paintEvents(_ frame: Int, _ canvas: Canvas) {
    func tags(_ marks: [OverlayScene.Mark]) -> [OverlayScene.Mark] {
      marks.filter { (0..<Self.shownFrames).contains(frame - $0.frame) }
    }
    for (row, mark) in tags(scene.found).enumerated() {
      let text = name(mark.label) + " " + fixed(mark.score ?? 0, 2)
      tag(text, colour(mark.label), isRight: false, row: row, isNow: mark.frame == frame, canvas)
    }
    for (row, mark) in tags(scene.truth).enumerated() {
      tag("true: " + name(mark.label), Self.truth, isRight: true, row: row, isNow: mark.frame == frame, canvas)
    }
    let seconds = scene.frameRate.map { "  " + fixed(Double(frame) / $0, 2) + " s" } ?? ""
    // The video's own number, as detections and true events have it.
    let text = "frame \(frame * scene.stride)" + seconds
    let top = pictureRows - rowHeight
    canvas.fill(
      left: 0, top: top, columns: Canvas.width(text, scale: font) + 6 * font, rows: rowHeight, .black, opacity: 0.6)
    canvas.write(text, left: 3 * font, top: top + 2 * font, Self.ink, scale: font)
  }

  /// A label in a corner of the picture, framed at the event's own frame.
  private func tag(_ text: String, _ colour: Canvas.Colour, isRight: Bool, row: Int, isNow: Bool, _ canvas: Canvas) {
    let columns = Canvas.width(text, scale: font) + 6 * font
    let left = isRight ? width - columns : 0
    let top = row * rowHeight
    canvas.fill(left: left, top: top, columns: columns, rows: rowHeight, .black, opacity: 0.7)
    canvas.write(text, left: left + 3 * font, top: top + 2 * font, colour, scale: font)
    if isNow { canvas.frame(left: left, top: top, columns: columns, rows: rowHeight, colour, thickness: font) }
  }

  // MARK: The panel

  private func paintPanel(_ frame: Int, _ canvas: Canvas) {
    canvas.fill(left: 0, top: pictureRows, columns: width, rows: canvas.picture.rows - pictureRows, Self.background)
    let labels = Canvas.width(String(repeating: "M", count: 19), scale: font) + 6 * font
    let strip = (left: labels, columns: width - labels - 3 * font)
    for (row, label) in scene.shown.enumerated() {
      let top = pictureRows + 3 * font + row * rowHeight
      let now = scene.probability(label, frame)
      // The present score as a bar behind the name.
      canvas.fill(
        left: 0, top: top, columns: Int(Float(labels) * now), rows: rowHeight - font, colour(label), opacity: 0.35)
      canvas.write(name(label), left: 3 * font, top: top + 2 * font, Self.ink, scale: font)
      paintStrip(frame, label, left: strip.left, columns: strip.columns, top: top, canvas)
    }
    let top = pictureRows + 3 * font + scene.shown.count * rowHeight
    let boxes = scene.hasTruth ? "   box below: found, above: true" : "   box below: found"
    let words = "-\(Self.reach * scene.stride) frames" + boxes
    canvas.write(words, left: strip.left, top: top + 2 * font, Self.soft, scale: font)
  }

  private func paintStrip(_ frame: Int, _ label: Int, left: Int, columns: Int, top: Int, _ canvas: Canvas) {
    let rows = rowHeight - font
    let count = 2 * Self.reach + 1
    func column(_ other: Int) -> Int { left + (other - frame + Self.reach) * columns / count }
    canvas.fill(left: left, top: top + rows - 1, columns: columns, rows: 1, Self.soft, opacity: 0.5)
    for other in frame - Self.reach...frame + Self.reach {
      let height = Int(scene.probability(label, other) * Float(rows))
      let from = column(other)
      canvas.fill(left: from, top: top + rows - height, columns: column(other + 1) - from, rows: height, colour(label))
    }
    func mark(_ mark: OverlayScene.Mark, top: Int, _ colour: Canvas.Colour) {
      guard mark.label == label, abs(mark.frame - frame) <= Self.reach else { return }
      let middle = (column(mark.frame) + column(mark.frame + 1)) / 2
      canvas.fill(left: middle - 2 * font, top: top - font, columns: 4 * font, rows: 3 * font, .black)
      canvas.fill(left: middle - font, top: top, columns: 2 * font, rows: font, colour)
    }
    for found in scene.found { mark(found, top: top + rows - 2 * font, Self.region) }
    for truth in scene.truth { mark(truth, top: top + font, Self.truth) }
    canvas.fill(left: column(frame), top: top, columns: max(1, font / 2), rows: rows, Self.ink, opacity: 0.8)
  }

  private func name(_ label: Int) -> String { String(scene.names[label - 1].prefix(19)) }

  private func colour(_ label: Int) -> Canvas.Colour {
    Self.colours[(scene.shown.firstIndex(of: label) ?? 0) % Self.colours.count]
  }
}
