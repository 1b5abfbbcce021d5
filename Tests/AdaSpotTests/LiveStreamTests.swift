import AdaSpot
import Testing
import Timeline

/// The live profile: one endless lane, lazy or eager, gives what the network gives on the frames that it may have seen.
@Suite struct LiveStreamTests {
  private let clip = 12

  /// The whole of a video's first `frames` frames as one clip, every position with the mean encoding.
  private func whole(_ frames: Int, seed: Int = 0) throws -> [Float] {
    let model = try TinyModel.model(clip: frames, meanPositionsOf: clip)
    let grid = ClipGrid(length: frames, padding: 0, tail: .dropped)
    return try #require(
      TinyModel.clips(ExactStream(model, grid: grid, share: (0, 2)), frames: frames, seed: seed).first
    )
    .probabilities
  }

  private func live(_ driving: LiveParameters.Driving, lookahead: Int, positions: LiveParameters.Positions = .mean)
    throws -> LiveStream
  {
    let parameters = LiveParameters(driving: driving, lookahead: lookahead, positions: positions)
    return LiveStream(try TinyModel.model(clip: clip), parameters: parameters, poisons: true)
  }

  @Test("Driven lazily with full look-ahead it equals the network over the whole video", arguments: [4, 9, 40, 130])
  func lazyEqualsWhole(_ frames: Int) throws {
    let stream = try live(.lazy, lookahead: 300)
    let run = TinyModel.run(stream, frames: frames)
    #expect(run.settled.count == frames)
    #expect(TinyModel.largestDifference(run.settled.flatMap { $0 }, try whole(frames)) < 1e-5)
  }

  @Test("Driven eagerly with everything revised it always shows what a clip that ends now shows")
  func eagerEqualsClipsThatEndNow() throws {
    let stream = try live(.eager(revise: 60, hop: 1), lookahead: 60)
    let run = TinyModel.run(stream, frames: 30)
    for newest in [3, 4, 7, 18, 29] {
      let expected = try whole(newest + 1).suffix(4)
      let found = try #require(run.first[newest])
      #expect(TinyModel.largestDifference(found, Array(expected)) < 1e-5, "newest frame \(newest)")
    }
    // At the end of the stream every frame has seen all others.
    #expect(TinyModel.largestDifference(run.settled.flatMap { $0 }, try whole(30)) < 1e-5)
  }

  @Test("A revision changes nothing before the oldest clip that still runs, nor before what it says itself")
  func firstChanged() throws {
    let stream = try live(.eager(revise: 0, hop: 1), lookahead: 30, positions: .grid)
    let grid = ClipGrid(length: clip, padding: 0)
    var former: [Int: [Float]] = [:]
    var revisions: [(newest: Int, firstChanged: Int)] = []
    func take(_ scores: LiveScores) {
      revisions.append((scores.newest, scores.firstChanged))
      for frame in scores.first...scores.newest {
        let row = Array(scores.row(frame))
        if frame < scores.firstChanged && former[frame] != row { Issue.record("\(frame) of \(scores.newest)") }
        former[frame] = row
      }
    }
    var picture = Picture(rows: TinyModel.size.rows, columns: TinyModel.size.columns)
    for frame in 0..<40 {
      TinyModel.draw(frame, into: picture)
      picture = stream.append(picture, emit: take)
    }
    for (newest, firstChanged) in revisions {
      let running = try #require((0...newest).first { grid.start($0) + clip > newest })
      #expect(firstChanged >= grid.start(running), "newest frame \(newest)")
    }
    stream.finish(emit: take)
    let last = try #require(revisions.last)
    #expect(last == (39, 40), "the end changes nothing")
  }

  @Test(
    "A settled score does not depend on frames beyond its look-ahead", arguments: [(8, 1, 4), (8, 3, 2), (4, 1, 9)])
  func nothingBeyondTheLookahead(_ revise: Int, _ hop: Int, _ lookahead: Int) throws {
    let one = TinyModel.run(try live(.eager(revise: revise, hop: hop), lookahead: lookahead), frames: 50)
    let other = TinyModel.run(
      try live(.eager(revise: revise, hop: hop), lookahead: lookahead), frames: 50, seedAfter: (30, 7))
    // A revision comes every `hop` frames, so a frame may be settled hop − 1 frames later than asked.
    let unaffected = 30 - lookahead - (hop - 1)
    #expect(Array(one.settled.prefix(unaffected + 1)) == Array(other.settled.prefix(unaffected + 1)))
    #expect(one.settled.last != other.settled.last)
    #expect(one.settled.allSatisfy { row in row.allSatisfy(\.isFinite) })
    #expect(one.settled.count == 50)
  }

  @Test("Fewer revisions still give every frame a score, and a settled one", arguments: [1, 2, 5])
  func everyFrameIsSettled(_ hop: Int) throws {
    for positions in LiveParameters.Positions.allCases {
      let stream = try live(.eager(revise: 6, hop: hop), lookahead: 3, positions: positions)
      let run = TinyModel.run(stream, frames: 41)
      #expect(run.settled.count == 41)
      for row in run.settled { #expect(abs(row.reduce(0, +) - 1) < 1e-5) }
      #expect(run.revisions == 41 / hop + (41 % hop > 0 ? 1 : 0) + 1)
    }
  }

  @Test("Nothing of an epoch shows in the next", arguments: [LiveParameters.Driving.lazy, .eager(revise: 5, hop: 2)])
  func resetLeavesNothing(_ driving: LiveParameters.Driving) throws {
    let parameters = LiveParameters(driving: driving, lookahead: 100)
    let model = try TinyModel.model(clip: clip)
    let fresh = TinyModel.run(
      LiveStream(model, parameters: parameters, exact: ClipGrid(length: clip)), frames: 25, seed: 2)
    let stream = LiveStream(model, parameters: parameters, exact: ClipGrid(length: clip), poisons: true)
    _ = TinyModel.run(stream, frames: 31, seed: 1)
    #expect(TinyModel.run(stream, frames: 25, seed: 2) == fresh)
  }

  @Test("Both: the live lane and the exact lanes each give what they give alone")
  func bothEqualsEach() throws {
    let model = try TinyModel.model(clip: clip)
    let parameters = LiveParameters(driving: .eager(revise: 8, hop: 1), lookahead: 4)
    let grid = ClipGrid(length: clip)
    let both = LiveStream(model, parameters: parameters, exact: grid, poisons: true)
    let run = TinyModel.run(both, frames: 60)
    let alone = TinyModel.run(LiveStream(model, parameters: parameters, poisons: true), frames: 60)
    #expect(run.settled == alone.settled)
    #expect(run.first == alone.first)
    let clips = TinyModel.clips(ExactStream(model, grid: grid), frames: 60)
    #expect(run.clips == clips.map(\.probabilities))
    // The exact lanes take over what the live lane has settled of the first blocks.
    let graph = both.network.graph
    #expect(zip(graph.operators, graph.adopted).contains { $0.name == "lowres.s1.b1" && $1 > 0 })
  }

  @Test("Both: the clips' end tells after each step that it gets on")
  func stepsOfAnEnd() throws {
    let stream = LiveStream(
      try TinyModel.model(clip: clip), parameters: LiveParameters(driving: .eager(revise: 8, hop: 1), lookahead: 4),
      exact: ClipGrid(length: clip), poisons: true)
    var picture = Picture(rows: TinyModel.size.rows, columns: TinyModel.size.columns)
    for frame in 0..<3 {
      TinyModel.draw(frame, into: picture)
      picture = stream.append(picture, emit: { _ in })
    }
    var steps = 0
    stream.onStep = { steps += 1 }
    stream.finish(emit: { _ in })
    // The first clip, 5 black frames of padding and 3 of the stream, is filled, and its end computed.
    #expect(steps == clip - 8 + stream.network.delay)
  }

  @Test("Both: so too where an exact lane chose the region before the live lane came to it", arguments: [16, 20])
  func bothWithLongHops(_ hop: Int) throws {
    let model = try TinyModel.model(clip: clip)
    let parameters = LiveParameters(driving: .eager(revise: hop - 1, hop: hop), lookahead: 4)
    let grid = ClipGrid(length: clip)
    let run = TinyModel.run(LiveStream(model, parameters: parameters, exact: grid, poisons: true), frames: 60)
    let alone = TinyModel.run(LiveStream(model, parameters: parameters, poisons: true), frames: 60)
    #expect(run.settled == alone.settled)
    #expect(run.first == alone.first)
    #expect(run.clips == TinyModel.clips(ExactStream(model, grid: grid), frames: 60).map(\.probabilities))
  }

  @Test("An eager frame costs the same however long the stream has run")
  func constantCost() throws {
    let stream = try live(.eager(revise: 8, hop: 1), lookahead: 4)
    var picture = Picture(rows: TinyModel.size.rows, columns: TinyModel.size.columns)
    var costs: [Int] = []
    for frame in 0..<400 {
      if frame % 80 == 0 { costs.append(stream.network.graph.computed.reduce(0, +)) }
      TinyModel.draw(frame, into: picture)
      picture = stream.append(picture, emit: { _ in })
    }
    let steps = zip(costs.dropFirst(), costs).map { $0 - $1 }
    #expect(Double(steps[1...].max() ?? 0) / Double(steps[1...].min() ?? 1) < 1.1, "\(steps)")
  }

  @Test("An early block is computed again only where a later frame can change it")
  func revisionsAreFrugal() throws {
    let stream = try live(.eager(revise: 20, hop: 1), lookahead: 4)
    _ = TinyModel.run(stream, frames: 120)
    let graph = stream.network.graph
    func perFrame(_ name: String) throws -> Double {
      Double(graph.computed[try #require(graph.operators.map(\.name).firstIndex(of: name))]) / 120
    }
    #expect(try perFrame("lowres.stem") == 1)
    #expect(try perFrame("lowres.s1.b1") < 4.1)
    #expect(try perFrame("lowres.s2.b1") < 7.1)
    #expect(try perFrame("lowres.s4.b7") > 15)
  }

  @Test("Parameters that make no sense are named")
  func badParameters() {
    func problem(_ driving: LiveParameters.Driving, _ lookahead: Int, _ epsilon: Float = 0) -> String {
      LiveParameters(driving: driving, lookahead: lookahead, epsilon: epsilon).problem(delay: 84) ?? ""
    }
    #expect(problem(.lazy, 84).isEmpty)
    #expect(problem(.lazy, 83).contains("look-ahead of 84"))
    #expect(problem(.eager(revise: 8, hop: 1), 4).isEmpty)
    #expect(problem(.eager(revise: 8, hop: 1), -1).contains("lookahead -1"))
    #expect(problem(.eager(revise: 2, hop: 4), 4).contains("between revisions"))
    #expect(problem(.eager(revise: 2, hop: 0), 4).contains("hop 0"))
    #expect(problem(.eager(revise: 2, hop: 1), 4, .nan).contains("epsilon"))
  }
}
