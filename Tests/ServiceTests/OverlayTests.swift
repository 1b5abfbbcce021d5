import AdaSpot
import Evaluation
import Foundation
import Service
import Testing
import Timeline

@Suite struct OverlayTests {
  private func picture(_ rows: Int, _ columns: Int) -> Canvas { Canvas(picture: Picture(rows: rows, columns: columns)) }

  private func levels(_ canvas: Canvas, _ row: Int, _ column: Int) -> [UInt8] {
    let index = (row * canvas.picture.columns + column) * 3
    return Array(canvas.picture.bytes[index..<index + 3])
  }

  @Test func whatLiesOutsideThePictureIsLeftAway() {
    let canvas = picture(4, 6)
    canvas.fill(left: -3, top: -3, columns: 5, rows: 5, .white)
    canvas.fill(left: 4, top: 3, columns: 100, rows: 100, .white)
    canvas.fill(left: 10, top: 0, columns: 3, rows: 3, .white)
    canvas.write("outside", left: -20, top: -4, .white, scale: 2)
    #expect(levels(canvas, 1, 1) == [255, 255, 255] && levels(canvas, 2, 2) == [0, 0, 0])
    #expect(levels(canvas, 3, 5) == [255, 255, 255] && levels(canvas, 2, 5) == [0, 0, 0])
  }

  @Test func fillsMixByOpacity() {
    let canvas = picture(1, 1)
    canvas.fill(left: 0, top: 0, columns: 1, rows: 1, .init(200, 100, 0))
    canvas.fill(left: 0, top: 0, columns: 1, rows: 1, .black, opacity: 0.5)
    #expect(levels(canvas, 0, 0) == [100, 50, 0])
  }

  @Test func whatIsNoNumberCoversNothing() {
    let canvas = picture(1, 1)
    canvas.fill(left: 0, top: 0, columns: 1, rows: 1, .init(200, 100, 0))
    for opacity in [Float.nan, -1] {
      canvas.fill(left: 0, top: 0, columns: 1, rows: 1, .white, opacity: opacity)
      #expect(levels(canvas, 0, 0) == [200, 100, 0])
    }
    canvas.fill(left: 0, top: 0, columns: 1, rows: 1, .white, opacity: .infinity)
    #expect(levels(canvas, 0, 0) == [255, 255, 255])
    #expect([Float.nan, -0.5, 0.25, 7].map(share) == [0, 0, 0.25, 1])
  }

  @Test func writesGlyphsPixelByPixel() {
    let canvas = picture(7, 11)
    canvas.write("Lt", left: 0, top: 0, .white, scale: 1)
    let rows = (0..<7).map { row in
      String((0..<11).map { levels(canvas, row, $0)[0] == 255 ? "#" : "." })
    }
    #expect(
      rows == [
        "#.....#####", "#.......#..", "#.......#..", "#.......#..", "#.......#..", "#.......#..", "#####...#..",
      ])
    #expect(Canvas.width("Lt", scale: 2) == 22)
  }

  @Test func everyGlyphHasSevenRowsOfFivePixels() {
    for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-_+=/()%!?><#&' abcz" {
      let glyph = BitmapFont.glyph(character)
      #expect(glyph.count == 7 && glyph.allSatisfy { $0 < 32 }, "\(character)")
      #expect(character == " " || glyph != BitmapFont.glyph("€"), "\(character) is known")
    }
    #expect(BitmapFont.glyph("ß").count == 7)
  }

  @Test func eachFrameIsReadFromTheClipInWhoseMiddleItLies() {
    let clips = ClipChoice(starts: [-5, 27, 59], length: 64)
    #expect(clips.index(of: 0) == 5)
    // 27…58 lie in two clips: nearer to the first's middle up to frame 42.
    #expect(clips.index(of: 42) == 47 && clips.index(of: 43) == 64 + 16)
    #expect(clips.index(of: 122) == 128 + 63)
    #expect(clips.index(of: 123) == nil && clips.index(of: -6) == nil)
    #expect(ClipChoice(starts: [], length: 64).index(of: 0) == nil)
  }

  @Test func heatFollowsTheMap() {
    let geometry = RegionGeometry(
      picture: PixelSize(rows: 40, columns: 80), crop: PixelSize(rows: 40, columns: 40))
    let canvas = picture(40, 80)
    let map: [Float] = [0, 0, 0, 1]
    HeatMap(PixelSize(rows: 2, columns: 2), over: geometry, scale: 1).draw(map[...], on: canvas)
    // The map covers the crop in the middle alone; its last cell is the lower right one.
    #expect(levels(canvas, 39, 19) == [0, 0, 0] && levels(canvas, 39, 60) == [0, 0, 0])
    #expect(levels(canvas, 39, 59)[0] == 140 && levels(canvas, 0, 20) == [0, 0, 0])
  }

  @Test func hitsCountEventsWhoseRegionHoldsTheBall() {
    let geometry = RegionGeometry(
      picture: PixelSize(rows: 100, columns: 200), crop: PixelSize(rows: 100, columns: 100))
    // The region moves 10 pixels to the right with every scored frame; a scored frame is every second one.
    let regions = (0..<10).map { frame in
      RegionOfInterest(
        centreRow: 0, centreColumn: 0, rows: 20, columns: 20, origin: .init(top: 40, left: 10 * frame))
    }
    let track = RegionTrack(regions: regions, clips: ClipChoice(starts: [0], length: 10))
    // In a picture of twice the size, the ball stays at column 65, and hides at frame 6.
    let ball = BallTrack(
      width: 400, height: 200, positions: (0..<20).map { $0 == 6 ? nil : .init(x: 130, y: 100) })
    let truth = TruthVideo(
      video: "v",
      events: [0, 3, 4, 6, 8, 19].map { .init(frame: $0, label: "hit") } + [.init(frame: 40, label: "hit")], ball: ball)
    let hits = RegionHits(truth, regions: track, geometry: geometry, stride: 2)
    // The region spans columns 50…69 at frame 0, 60…79 at 2 and 3, 70…89 at 4: the ball is in it at 0 and 3.
    #expect(hits.byLabel == ["hit": .init(events: 5, held: 2)])
    #expect(hits.total.share == 0.4)
  }

  @Test func regionsLieInTheCropInTheMiddle() throws {
    let geometry = RegionGeometry(
      picture: PixelSize(rows: 448, columns: 796), crop: PixelSize(rows: 448, columns: 448))
    let region = RegionOfInterest(
      centreRow: 0.5, centreColumn: 0.5, rows: 112, columns: 112, origin: .init(top: 10, left: 20))
    #expect(geometry.box(region) == .init(top: 10, left: 194, rows: 112, columns: 112))
    #expect(geometry.holds(region, x: 200.0 / 796, y: 20.0 / 448))
    #expect(!geometry.holds(region, x: 193.0 / 796, y: 20.0 / 448))
    #expect(!geometry.holds(region, x: 200.0 / 796, y: 123.0 / 448))
    let blank = RegionOfInterest(centreRow: 0, centreColumn: 0, rows: 420, columns: 784, origin: nil)
    #expect(geometry.box(blank) == nil && !geometry.holds(blank, x: 0.5, y: 0.5))
  }
}
