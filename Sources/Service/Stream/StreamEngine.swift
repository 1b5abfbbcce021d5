package import Timeline

/// What turns the pictures of one stream into events: the network in one of its profiles, and the rule that picks events
/// out of its scores.
///
/// Frames come one after the other; each call of `emit` happens before the method that got it returns. Not thread-safe:
/// one thread drives an engine.
package protocol StreamEngine: AnyObject {
  var profile: Profile { get }

  /// How many frames, at the most, what is emitted may lie behind the newest frame appended: whoever needs the stamp of an
  /// emitted frame keeps that many and one.
  var longestDelay: Int { get }

  /// Totals since the engine was made, by name, for the status message.
  var counters: [String: Int] { get }

  /// How many times as many frames as declared may come between two revisions; 1 where there are none.
  var mostSlowdown: Int { get }

  /// How many times as many it is, 1 … `mostSlowdown`.
  var slowdown: Int { get set }

  /// Frames from one revision to the next at present; 1 where there are none.
  var revisionInterval: Int { get }

  /// Called again and again while the end of a clip or of an epoch is computed, which takes many passes of the network: by this
  /// whoever watches the thread sees that it gets on.
  var onStep: (() -> Void)? { get set }

  /// Takes the picture of the epoch's next frame, which has the model's high-resolution size, and emits what it settles.
  /// Returns a picture that is needed no longer, to decode into.
  func append(_ picture: Picture, _ stamp: FrameStamp, emit: (EngineOutput) -> Void) -> Picture

  /// Ends the epoch: emits everything that is pending, and is ready for the next one.
  func finish(emit: (EngineOutput) -> Void)

  /// Forgets the epoch; what is pending is lost.
  func reset()
}
