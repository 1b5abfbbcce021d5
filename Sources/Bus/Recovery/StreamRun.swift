/// One stream of one run: what sequence numbers count.
struct StreamRun: Hashable, Sendable {
  let run: RunID
  let stream: Name
}
