/// One stream of one run: what sequence numbers count.
package struct StreamRun: Hashable, Sendable {
  package let run: RunID
  package let stream: Name

  package init(run: RunID, stream: Name) {
    self.run = run
    self.stream = stream
  }
}
