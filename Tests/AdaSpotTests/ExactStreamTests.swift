import AdaSpot
import Testing
import Timeline

/// The exact profile: streaming changes nothing.
@Suite struct ExactStreamTests {
  /// Every clip alone in a fresh network of one lane: nothing to share with, nothing left over.
  private func clipsAlone(_ model: Model, _ grid: ClipGrid, frames: Int) -> [ClipScores] {
    var clips: [ClipScores] = []
    var number = 0
    while number == 0 || grid.start(number) < frames {
      let stream = ExactStream(model, grid: grid, share: (number, 1000), poisons: true)
      clips += TinyModel.clips(stream, frames: frames)
      number += 1
    }
    return clips
  }

  @Test("Overlapping lanes equal each clip computed alone", arguments: [1, 2, 5, 11, 12, 13, 24, 31, 48, 60])
  func lanesEqualClips(_ frames: Int) throws {
    let model = try TinyModel.model(clip: 12)
    let grid = ClipGrid(length: 12)
    let alone = clipsAlone(model, grid, frames: frames)
    let stream = ExactStream(model, grid: grid, poisons: true)
    let together = TinyModel.clips(stream, frames: frames)
    #expect(together.map(\.clip) == alone.map(\.clip))
    #expect(together.map(\.start) == alone.map(\.start))
    for (one, other) in zip(together, alone) {
      #expect(one.probabilities == other.probabilities, "clip \(one.clip)")
      #expect(one.regions == other.regions)
      #expect(one.probabilities.allSatisfy { $0.isFinite })
    }
  }

  @Test("Lanes share results, and what they share costs nothing twice")
  func lanesShare() throws {
    // Early blocks reach 3 frames each: a clip of 48 leaves the first ones a common core.
    let model = try TinyModel.model(clip: 48)
    let stream = ExactStream(model, grid: ClipGrid(length: 48), poisons: true)
    _ = TinyModel.clips(stream, frames: 200)
    let graph = stream.network.graph
    let names = graph.operators.map(\.name)
    func share(_ name: String) throws -> Double {
      let index = try #require(names.firstIndex(of: name))
      return Double(graph.adopted[index]) / Double(graph.adopted[index] + graph.computed[index])
    }
    // A frame alone is the same in both lanes; of half a clip's 24 frames a block keeps what is 3 frames off each
    // border.
    #expect(try share("lowres.stem") > 0.45)
    #expect(try share("lowres.s1.b1") > 0.3)
    #expect(try share("lowres.s2.b1") > 0.2)
    #expect(try share("lowres.s4.b7") == 0)
  }

  @Test("Streams that divide a video's clips find the same", arguments: [2, 3, 5])
  func dividedClips(_ parts: Int) throws {
    let model = try TinyModel.model(clip: 12)
    let grid = ClipGrid(length: 12)
    let whole = TinyModel.clips(ExactStream(model, grid: grid), frames: 70)
    let divided = (0..<parts).flatMap { part in
      TinyModel.clips(ExactStream(model, grid: grid, share: (part, parts), poisons: true), frames: 70)
    }.sorted { $0.clip < $1.clip }
    #expect(divided.map(\.clip) == whole.map(\.clip))
    #expect(divided.map(\.probabilities) == whole.map(\.probabilities))
  }

  @Test("Nothing of an epoch shows in the next, whether it was finished or broken off")
  func resetLeavesNothing() throws {
    let model = try TinyModel.model(clip: 12)
    let fresh = TinyModel.clips(ExactStream(model, grid: ClipGrid(length: 12)), frames: 40, seed: 2)
    let stream = ExactStream(model, grid: ClipGrid(length: 12), poisons: true)
    _ = TinyModel.clips(stream, frames: 33, seed: 1)
    #expect(TinyModel.clips(stream, frames: 40, seed: 2).map(\.probabilities) == fresh.map(\.probabilities))
    var picture = Picture(rows: TinyModel.size.rows, columns: TinyModel.size.columns)
    for frame in 0..<17 {
      TinyModel.draw(frame, seed: 9, into: picture)
      picture = stream.append(picture) { _ in }
    }
    stream.reset()
    #expect(TinyModel.clips(stream, frames: 40, seed: 2).map(\.probabilities) == fresh.map(\.probabilities))
  }

  @Test("An end, which takes many passes, tells after each step of a lane that it gets on")
  func stepsOfAnEnd() throws {
    let stream = ExactStream(try TinyModel.model(clip: 12), grid: ClipGrid(length: 12), poisons: true)
    var picture = Picture(rows: TinyModel.size.rows, columns: TinyModel.size.columns)
    for frame in 0..<3 {
      TinyModel.draw(frame, into: picture)
      picture = stream.append(picture) { _ in }
    }
    let graph = stream.network.graph
    var last = graph.computed.reduce(0, +)
    var most = 0
    stream.onStep = {
      let computed = graph.computed.reduce(0, +)
      most = max(most, computed - last)
      last = computed
    }
    var clips = 0
    stream.finish { _ in clips += 1 }
    #expect(clips == 1)
    #expect(most > 0 && most <= graph.operators.count)
    #expect(graph.computed.reduce(0, +) == last)
  }

  @Test("The tail is filled as in the evaluation, or dropped as in the published script")
  func tails() throws {
    let filled = ClipGrid(length: 24, padding: 5, tail: .filled)
    #expect(
      (0..<20).filter { filled.includes($0, frames: 170) }.map(filled.start) == Array(stride(from: -5, to: 158, by: 12))
    )
    let dropped = ClipGrid(length: 24, padding: 5, tail: .dropped)
    #expect(
      (0..<20).filter { dropped.includes($0, frames: 170) }.map(dropped.start)
        == Array(stride(from: -5, to: 140, by: 12)))
    // A single frame is scored all the same.
    #expect((0..<4).filter { filled.includes($0, frames: 1) } == [0])
    #expect((0..<4).filter { dropped.includes($0, frames: 1) }.isEmpty)
    #expect(!filled.includes(0, frames: 0))
  }

  @Test("A frame costs the same however long the stream has run, and memory stays")
  func constantCost() throws {
    let model = try TinyModel.model(clip: 12)
    let stream = ExactStream(model, grid: ClipGrid(length: 12))
    var picture = Picture(rows: TinyModel.size.rows, columns: TinyModel.size.columns)
    var costs: [Int] = []
    let bytes = stream.network.bytes
    for frame in 0..<600 {
      if frame % 120 == 0 { costs.append(stream.network.graph.computed.reduce(0, +)) }
      TinyModel.draw(frame, into: picture)
      picture = stream.append(picture) { _ in }
    }
    let steps = zip(costs.dropFirst(), costs).map { $0 - $1 }
    // Regions move, so what lanes can share of the high-resolution branch varies a little.
    let spread = Double(steps[1...].max() ?? 0) / Double(steps[1...].min() ?? 1)
    #expect(spread < 1.05, "\(steps)")
    #expect(stream.network.bytes == bytes)
  }
}
