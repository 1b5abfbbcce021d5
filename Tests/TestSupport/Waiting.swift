import Foundation
package import Testing

/// Waits until `condition` holds; when `timeout` is over before, that is an issue of the test.
package func waitUntil(
  timeout: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) {
  let deadline = ContinuousClock.now + timeout
  while !condition() {
    guard ContinuousClock.now < deadline else {
      Issue.record("what was waited for did not come within \(timeout)", sourceLocation: sourceLocation)
      return
    }
    usleep(1_000)
  }
}
