extension CostModel {
  /// The cost for a stream that has only `share` of a core, above 0 and up to 1: everything takes so much longer.
  package func onShare(_ share: Double) -> CostModel {
    precondition(share > 0 && share <= 1, "a share of a core")
    return CostModel(
      operators: operators.map { $0 / share }, repeats: repeats.map { $0 / share }, delays: delays, reaches: reaches,
      step: step / share, clipLength: clipLength)
  }
}
