/// The selector as an operator of the graph: out is an encoded `RegionOfInterest`.
final class RegionSelection: TemporalOperator {
  let name = "region"
  let inputs: [OperatorInput]
  let outputCount = RegionOfInterest.encodedCount
  /// Where a region stays the same, the high-resolution pass behind it need not run again.
  let keepsEqualResults = true
  package let selector: RegionSelector

  init(source: Int, selector: RegionSelector) {
    inputs = [OperatorInput(source: source)]
    self.selector = selector
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    selector.select(view.inside(0, frame)).encode(into: out)
  }
}
