import AdaSpot
import Foundation
import Tensors
import Testing

/// The selector alone, against the reference on synthetic maps.
@Suite struct RegionSelectorTests {
  private struct Unit {
    let id: String
    let json: [String: Any]

    func integers(_ key: String) -> [Int] { json[key] as? [Int] ?? [] }
    func pairs(_ key: String) -> [[Int]] { json[key] as? [[Int]] ?? [] }
    func flags(_ key: String) -> [Bool] { json[key] as? [Bool] ?? [] }
  }

  @Test func equalsTheReference() throws {
    let data = try Data(contentsOf: GoldenCase.fixtures.appendingPathComponent("roi_unit.json"))
    let units = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    let state = try StateDict.read(path: GoldenCase.fixtures.appendingPathComponent("roi_unit.safetensors").path)
    #expect(units.count == 24)
    for json in units { try check(Unit(id: json["id"] as? String ?? "", json: json), state) }
  }

  private func check(_ unit: Unit, _ state: StateDict) throws {
    let map = unit.integers("map")
    let crop = unit.integers("original_size")
    let region = unit.integers("roi_size")
    let selector = RegionSelector(
      map: PixelSize(rows: map[0], columns: map[1]), crop: PixelSize(rows: crop[0], columns: crop[1]),
      region: PixelSize(rows: region[0], columns: region[1]),
      threshold: (unit.json["threshold"] as? NSNumber)?.floatValue ?? 0)
    let scaled = try state.tensor("\(unit.id).minmax")
    let best = try state.tensor("\(unit.id).best_score").values
    let pixels = map[0] * map[1]
    let frames = scaled.shape[0]
    for frame in 0..<frames {
      let smoothed = Self.smoothInTime(scaled.values, pixels: pixels, frames: frames, frame)
      let found = selector.select(smoothed)
      let name: Comment = "\(unit.id) frame \(frame)"
      #expect(abs(selector.bestScore - best[frame]) < 1e-5, name)
      // Where two positions are equal up to rounding only the score can be compared.
      if unit.flags("ambiguous")[frame] { continue }
      #expect([found.rows, found.columns] == unit.pairs("sizes")[frame], name)
      let index = unit.pairs("center_index")[frame]
      #expect(found.centreRow == Float(index[0]) / Float(8 * map[0]), name)
      #expect(found.centreColumn == Float(index[1]) / Float(8 * map[1]), name)
      let box = unit.pairs("crop_boxes_top_left_h_w")[frame]
      let expected = box[0] < 0 ? nil : box
      #expect(found.origin.map { [$0.top, $0.left, found.rows, found.columns] } == expected, name)
    }
  }

  /// The temporal half of the smoothing by its definition: the kernel of 7, twice, reflected at the ends of the clip.
  private static func smoothInTime(_ maps: [Float], pixels: Int, frames: Int, _ frame: Int) -> [Float] {
    let raw = (-3...3).map { exp(-Double($0 * $0) / (2 * 1.75 * 1.75)) }
    let kernel = raw.map { $0 / raw.reduce(0, +) }
    func reflected(_ index: Int) -> Int { index < 0 ? -index : index >= frames ? 2 * (frames - 1) - index : index }
    func pass(_ value: (Int) -> Double, _ index: Int) -> Double {
      (0..<7).reduce(0) { $0 + kernel[$1] * value(reflected(index + $1 - 3)) }
    }
    return (0..<pixels).map { pixel in
      Float(pass({ once in pass({ Double(maps[$0 * pixels + pixel]) }, once) }, frame))
    }
  }
}
