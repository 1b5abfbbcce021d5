import Glibc
public import Timeline

/// A source that is opened again, for ever, when it ends or breaks; each connection begins a new epoch.
///
/// What has an end of its own is read to that end once and never opened again, unless the options say so of a FIFO: files, standard
/// input, and at the other side of a network what tells its size or duration. A break in the midst of such a source is an
/// error, as in a file.
///
/// One thread at a time uses a source; another may end its waiting through the `Cancellation` that it was given.
public final class LiveSource: FrameSource {
  /// How often, in microseconds, a cancellation is looked for between two attempts.
  private static let pollMicroseconds: UInt32 = 20_000

  public let outputSize: PictureSize
  private let address: SourceAddress
  private let stride: Int
  private let options: SourceOptions
  private let cancellation: Cancellation
  private let notify: (VideoNotice) -> Void
  private var observer: (SourceChange) -> Void = { _ in }
  /// Nil while there is no connection.
  private var reader: VideoReader?
  /// What former connections lost.
  private var lost = VideoLosses()
  private var delay: RetryDelay?
  private var connections = 0
  /// The epoch that the present connection's own epoch 0 is.
  private var firstEpoch = 0
  /// The last rate that a connection declared.
  private var lastRate: Ratio?
  private var isEnded = false

  /// Opens nothing yet.
  ///
  /// - Parameters:
  ///   - path, stride, notify: As for `VideoReader`.
  ///   - output: The size of the pictures, whatever the source's are.
  ///   - cancellation: Ends all waiting with `VideoError.Reason.cancelled`.
  public init(
    path: String, output: PictureSize, stride: Int = 1, options: SourceOptions, cancellation: Cancellation,
    notify: @escaping (VideoNotice) -> Void = { _ in }
  ) throws(VideoError) {
    address = try SourceAddress(path)
    outputSize = output
    self.stride = stride
    self.options = options
    self.cancellation = cancellation
    self.notify = notify
    delay = options.longestRetry(for: address).map { RetryDelay(longest: $0) }
  }

  /// Of the present connection, or else of the last one: nil before the first.
  public var frameRate: Ratio? { lastRate }

  public var losses: VideoLosses {
    var sum = lost
    if let reader { sum.add(reader.losses) }
    return sum
  }

  public var keepsOwnPace: Bool { reader?.keepsOwnPace ?? address.comesBack }

  public var comesInPieces: Bool { reader?.comesInPieces ?? false }

  public func observe(_ observer: @escaping (SourceChange) -> Void) {
    self.observer = observer
    reader?.observe(observer)
  }

  /// Waits for the first connection, so that `frameRate` is known; does nothing where there is one.
  public func connect() throws(VideoError) {
    while reader == nil && !isEnded { try tryToConnect() }
  }

  public func next(into picture: Picture) throws(VideoError) -> FrameStamp? {
    while !isEnded {
      try connect()
      guard let reader else { break }
      do throws(VideoError) {
        if var stamp = try reader.next(into: picture) {
          stamp.epoch += firstEpoch
          delay?.reset()
          return stamp
        }
        guard comesAgain(reader) else {
          isEnded = true
          return nil
        }
        try leave(reader, because: "the source ended")
      } catch {
        guard comesAgain(reader), Self.mayPass(error) else { throw error }
        if case .stalled = error.reason { lost.breaks.stalls += 1 }
        try leave(reader, because: error.description)
      }
    }
    return nil
  }

  /// Whether the source is opened again when this connection is over.
  private func comesAgain(_ reader: VideoReader) -> Bool {
    delay != nil && (!reader.isFinite || address.kind == .fifo)
  }

  /// Whether trying again could help.
  private static func mayPass(_ error: VideoError) -> Bool {
    switch error.reason {
    case .cancelled, .scheme, .option, .outputSize, .stride, .threads: false
    default: true
    }
  }

  private func tryToConnect() throws(VideoError) {
    do throws(VideoError) {
      let opened = try VideoReader(
        path: address.text, output: outputSize, stride: stride, options: options, cancellation: cancellation,
        notify: notify)
      opened.observe(observer)
      if connections > 0 { lost.breaks.reconnects += 1 }
      connections += 1
      lastRate = opened.frameRate ?? lastRate
      reader = opened
      if let factor = opened.info.aspectMismatch { notify(.distorted(factor)) }
      observer(.connected)
    } catch {
      guard delay != nil, Self.mayPass(error) else { throw error }
      lost.breaks.failedConnections += 1
      observer(.disconnected(error.description))
      try pause()
    }
  }

  /// Ends the connection and its epoch.
  private func leave(_ reader: VideoReader, because reason: String) throws(VideoError) {
    if let ended = reader.endEpoch(reason) { observer(.epochEnded(ended)) }
    firstEpoch += reader.epoch
    lost.add(reader.losses)
    // What the container expected of one connection says nothing about the next.
    lost.expectedFrames = nil
    self.reader = nil
    observer(.disconnected(reason))
    try pause()
  }

  /// Waits until the next attempt.
  private func pause() throws(VideoError) {
    let end = monotonicNanoseconds() + UInt64((delay?.take() ?? 0) * 1e9)
    while monotonicNanoseconds() < end && !cancellation.isCancelled { usleep(Self.pollMicroseconds) }
    if cancellation.isCancelled { throw VideoError(address.text, .open, .cancelled) }
  }
}
