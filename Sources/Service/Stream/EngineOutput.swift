package import Bus
package import Timeline

/// What an engine says about its stream.
package enum EngineOutput: Sendable, Equatable {
  /// One state of one event.
  package struct Spotted: Sendable, Equatable {
    /// The same through all states of an event; counts the events of an engine from 0, also across epochs.
    package var number: Int
    package var state: EventData.State
    /// 0 for the first state of an event, one more with each further one.
    package var revision: Int
    /// What this state was found by: exact or live, also where both run.
    package var profile: Profile
    package var event: Event

    package init(number: Int, state: EventData.State, revision: Int, profile: Profile, event: Event) {
      self.number = number
      self.state = state
      self.revision = revision
      self.profile = profile
      self.event = event
    }
  }

  case event(Spotted)
  /// Nothing at or before this frame of the present epoch will change any more.
  case watermark(frame: Int)
}
