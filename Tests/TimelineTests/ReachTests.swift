import Testing
import Timeline

@Suite struct ReachTests {
  @Test func reachesAddUpAlongAChain() {
    let gate = Reach(past: 3, future: 3)
    let smoothing = Reach(past: 6, future: 6)
    #expect(gate.then(smoothing).then(Reach(past: 1, future: 0)) == Reach(past: 10, future: 9))
    #expect(gate.then(.none) == gate)
  }
}
