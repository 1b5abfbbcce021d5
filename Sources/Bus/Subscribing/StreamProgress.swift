/// How far a subscriber has come in one stream, and what waits behind a hole. Knows nothing of sockets.
///
/// Live messages that follow without a hole pass at once. At a hole they wait, `wanted` says what to ask for, and the answers
/// either fill it or prove that nothing can.
struct StreamProgress {
  private(set) var run: RunID
  let stream: Name
  /// The sequence number that is handed over next.
  private(set) var next: UInt64
  /// Live messages behind a hole, by sequence number.
  private var waiting: [UInt64: Subscriber.Received] = [:]
  /// The newest sequence number of the run that is known to exist.
  private var known: UInt64
  /// Set while nothing tells whether there is more than `known`: on resuming, and when the run has been succeeded.
  private var mustAsk: Bool
  /// The last message of the run has been handed over.
  private var hasEnded = false
  /// The runs that have begun meanwhile, in order; each is handed over when the one before is complete.
  private var successors: [Successor] = []
  /// Runs that are done with: what still comes of them is old.
  private var former: [RunID] = []

  private struct Successor {
    let run: RunID
    var waiting: [UInt64: Subscriber.Received] = [:]
    var known: UInt64 = 0
    /// Nothing of it has been seen, only its name.
    var mustAsk = true
  }

  /// Beyond this many, live messages are left to recovery.
  private static let maximumWaiting = 20_000
  private static let maximumFormer = 8
  private static let maximumSuccessors = 8

  /// Begins at `next` of `run`, which has just arrived.
  init(run: RunID, stream: Name, next: UInt64) {
    self.run = run
    self.stream = stream
    self.next = next
    mustAsk = false
    known = next - 1
  }

  /// Goes on after `position`; what came since must be asked for.
  init(resuming position: Position) {
    self.init(run: position.run, stream: position.stream, next: position.sequence + 1)
    hasEnded = position.isEnded
    mustAsk = !position.isEnded
  }

  /// What must be asked for now; nil when nothing is missing.
  var wanted: (run: RunID, from: UInt64)? {
    mustAsk || known >= next ? (run, next) : nil
  }

  // MARK: What arrives

  /// A live or retained message of this stream.
  mutating func accept(_ received: Subscriber.Received) -> [Delivery] {
    let message = received.message
    if former.contains(message.run) { return [] }
    if message.run != run {
      keep(received)
      return goOn()
    }
    if successors.isEmpty { mustAsk = false }  // its sequence number tells all
    known = max(known, message.sequence)
    // A repeat only tells how far the stream has come; the message itself has been or will be had.
    if message.isRetained || message.sequence < next { return [] }
    if message.sequence == next {
      var out: [Delivery] = []
      handOver(received, isRecovered: false, to: &out)
      drain(to: &out)
      return out
    }
    if waiting.count < Self.maximumWaiting { waiting[message.sequence] = received }
    return []
  }

  /// The answer to what was `wanted`, with its messages.
  mutating func accept(_ response: ReplayResponse, _ messages: [Subscriber.Received]) -> [Delivery] {
    var out: [Delivery] = []
    switch response.state {
    case .ok:
      for received in messages where received.message.sequence >= next {
        advance(to: received.message.sequence, losing: .neverPublished, to: &out)
        handOver(received, isRecovered: true, to: &out)
      }
      known = max(known, response.last ?? 0)
      advance(to: response.next ?? next, losing: .neverPublished, to: &out)
      drain(to: &out)
      let isOver = follow(response)
      // While the run lives, a complete answer is outdated as soon as a successor has shown up.
      if response.complete == true && (isOver || successors.isEmpty) { mustAsk = false }
      if response.complete == true && isOver { finish(to: &out) }
    case .tooOld:
      advance(to: response.oldest ?? next, losing: .tooOld, to: &out)
      drain(to: &out)
    case .unknownRun:
      _ = follow(response)
      loseRest(.unknownRun, to: &out)
    case .busy, .badRequest: break
    }
    return out + goOn()
  }

  /// Nobody answers: goes on with what is there.
  mutating func giveUp() -> [Delivery] {
    var out: [Delivery] = []
    if known >= next {
      advance(to: waiting.keys.min() ?? known + 1, losing: .unreachable, to: &out)
      drain(to: &out)
    } else if !successors.isEmpty {
      loseRest(.unreachable, to: &out)
    }
    return out + goOn()
  }

  // MARK: Steps

  private mutating func handOver(_ received: Subscriber.Received, isRecovered: Bool, to out: inout [Delivery]) {
    next = received.message.sequence + 1
    waiting[received.message.sequence] = nil
    known = max(known, received.message.sequence)
    if case .status(let status) = received.message.body { hasEnded = status.state == .ended }
    out.append(.message(received, isRecovered: isRecovered))
  }

  /// Hands over what follows without a hole.
  private mutating func drain(to out: inout [Delivery]) {
    while let received = waiting[next] { handOver(received, isRecovered: false, to: &out) }
  }

  /// Moves on to `sequence`; what does not wait here before it is lost.
  private mutating func advance(to sequence: UInt64, losing reason: Loss.Reason, to out: inout [Delivery]) {
    for present in waiting.keys.filter({ $0 < sequence }).sorted() {
      lose(until: present, reason, to: &out)
      if let received = waiting[present] { handOver(received, isRecovered: false, to: &out) }
    }
    lose(until: sequence, reason, to: &out)
  }

  private mutating func lose(until sequence: UInt64, _ reason: Loss.Reason, to out: inout [Delivery]) {
    guard sequence > next else { return }
    out.append(.lost(Loss(run: run, stream: stream, first: next, last: sequence - 1, reason: reason)))
    next = sequence
    known = max(known, sequence - 1)
  }

  /// Nothing more of this run can be had; how much there was may be unknown.
  private mutating func loseRest(_ reason: Loss.Reason, to out: inout [Delivery]) {
    advance(to: waiting.keys.max().map { $0 + 1 } ?? next, losing: reason, to: &out)
    if !hasEnded && (mustAsk || known >= next) {
      let last = mustAsk ? nil : known
      out.append(.lost(Loss(run: run, stream: stream, first: next, last: last, reason: reason)))
      next = max(next, known + 1)
    }
    mustAsk = false
  }

  /// The log has no more of this run, which is over. Of what came after the log's last message only that which waits here is to be had.
  private mutating func finish(to out: inout [Delivery]) {
    advance(to: known + 1, losing: .brokenOff, to: &out)
    if hasEnded { return }
    out.append(.lost(Loss(run: run, stream: stream, first: next, last: nil, reason: .brokenOff)))
    hasEnded = true
  }

  /// Whether the run is over, as an answer says; if so, the run that it names as the next is the next.
  private mutating func follow(_ response: ReplayResponse) -> Bool {
    guard response.currentRun != run, !former.contains(response.currentRun) else { return false }
    if let following = response.nextRun, following != run, !former.contains(following),
      !successors.contains(where: { $0.run == following })
    {
      successors.insert(Successor(run: following), at: 0)
    }
    succeed(response.currentRun)
    return true
  }

  private mutating func succeed(_ run: RunID) {
    guard !successors.contains(where: { $0.run == run }), successors.count < Self.maximumSuccessors else { return }
    successors.append(Successor(run: run))
    // Also of a run that has ended: the answer names the one that followed, of which nothing may have come.
    mustAsk = true
  }

  /// Keeps a message of a later run.
  private mutating func keep(_ received: Subscriber.Received) {
    let message = received.message
    succeed(message.run)
    guard let index = successors.firstIndex(where: { $0.run == message.run }) else { return }
    successors[index].mustAsk = false
    successors[index].known = max(successors[index].known, message.sequence)
    if !message.isRetained && successors[index].waiting.count < Self.maximumWaiting {
      successors[index].waiting[message.sequence] = received
    }
  }

  /// When the run is complete and another has begun: goes over to it, from its first message on.
  private mutating func goOn() -> [Delivery] {
    var out: [Delivery] = []
    while wanted == nil, !successors.isEmpty {
      remember(run)
      let successor = successors.removeFirst()
      run = successor.run
      waiting = successor.waiting
      known = successor.known
      next = 1
      hasEnded = false
      drain(to: &out)
      mustAsk = successor.mustAsk || !successors.isEmpty
    }
    return out
  }

  private mutating func remember(_ run: RunID) {
    former.append(run)
    if former.count > Self.maximumFormer { former.removeFirst() }
  }
}
