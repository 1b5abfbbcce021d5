import CLibav

/// Sends the pictures of a recorded video, as they are coded, as an MPEG transport stream. When, is its user's business.
///
/// One thread at a time uses a sender; another may cancel it through the `Cancellation` that it was given.
public final class VideoSender {
  /// The facts about the video.
  public let info: VideoInfo
  public let target: SendingTarget
  public private(set) var counters = SendingCounters()

  private let path: String
  private let cancellation: Cancellation
  private let pictures: StoredPictures
  private var isAtJump = false
  private var muxer: TransportStreamMuxer?
  private var output: (any ByteOutput)?
  /// What is being sent does not get through.
  private var isLost = false
  private var dice: ImpairmentDice
  /// What ended the writing within libav's callback.
  private var failure: VideoError?

  /// Opens the video, but not yet what it is sent to.
  ///
  /// - Parameters:
  ///   - start: Seconds into the video; it begins with the key frame there or before.
  ///   - loops: Begins again at the end: with times that go on or, when it `jumps`, with the same times again.
  ///   - cancellation: Makes every waiting for the video and for the target end with `VideoError.Reason.cancelled`.
  public init(
    _ path: String, to target: SendingTarget, start: Double = 0, loops: Bool = false, jumps: Bool = false,
    impairment: Impairment = Impairment(), cancellation: Cancellation = Cancellation()
  ) throws(VideoError) {
    self.path = path
    self.target = target
    self.cancellation = cancellation
    dice = ImpairmentDice(impairment)
    pictures = try StoredPictures(path, start: start, loops: loops, jumps: jumps, cancellation: cancellation)
    // Of the same opening: a FIFO or standard input gives its beginning once.
    info = try VideoInfo(pictures.demuxer, output: nil)
    muxer = try makeMuxer()
  }

  /// Opens the target unless it is open. Waits for the other side where the target has one. Throws `VideoError` of operation
  /// `connect`.
  public func connect() throws(VideoError) {
    if output == nil { output = try target.open(cancellation) }
  }

  public var isConnected: Bool { output != nil }

  /// Breaks a connection; what is no connection stays open.
  public func disconnect() {
    guard target.isConnection else { return }
    output = nil  // not closed in order: a line that breaks loses what is on its way
  }

  /// Reads the next picture: how many seconds after the first it is due; nil at the video's end.
  public func next() throws(VideoError) -> Double? {
    guard let place = try pictures.next() else { return nil }
    isAtJump = place.isJump
    return place.seconds
  }

  /// Sends the picture that was read or, when it `isLost`, only counts it; without a connection it is lost. Throws `VideoError` of
  /// operation `send` when the target takes no more.
  public func send(isLost: Bool = false) throws(VideoError) {
    self.isLost = isLost
    if isAtJump {
      // A muxer refuses times that go back. A new one is what a receiver sees when a coder was started again.
      muxer?.finish()
      try checkFailure()
      muxer = try makeMuxer()
    }
    let code = muxer?.write(pictures.packet, timeBase: pictures.stream.pointee.time_base) ?? 0
    try checkFailure()
    if code < 0 { counters.unsendable += 1 } else { counters.pictures += 1 }
  }

  /// Sends what is left and closes the target in order.
  public func finish() throws(VideoError) {
    isLost = false
    muxer?.finish()
    muxer = nil
    try checkFailure()
    try output?.close()
    output = nil
  }

  private func checkFailure() throws(VideoError) { if let failure { throw failure } }

  private func makeMuxer() throws(VideoError) -> TransportStreamMuxer {
    var isRTP = false
    if case .network(_, .rtp) = target { isRTP = true }
    return try TransportStreamMuxer(pictures.stream, source: path, overRTP: isRTP) { [unowned self] bytes in
      do throws(VideoError) {
        try deliver(bytes)
        return 0
      } catch {
        failure = error
        return error.code.map { $0 > 0 ? -$0 : $0 } ?? CLIBAV_ERROR_EXIT
      }
    }
  }

  /// Sends one piece of the stream, less what the impairment takes of it.
  private func deliver(_ bytes: UnsafeMutableRawBufferPointer) throws(VideoError) {
    let packetBytes = target.isDatagrams ? bytes.count : TransportStreamMuxer.packetBytes
    guard let output, !isLost else {
      counters.cut += bytes.count / packetBytes
      return
    }
    var kept = 0
    for start in stride(from: 0, to: bytes.count, by: packetBytes) {
      let packet = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + packetBytes, bytes.count)])
      switch dice.fate(bytes: packet.count) {
      case .lost:
        counters.lost += 1
        continue
      case .damaged(let bit):
        packet[bit / 8] ^= 1 << (bit % 8)
        counters.damaged += 1
      case .whole: break
      }
      counters.packets += 1
      // What is kept moves together, within the muxer's own buffer: it forgets it after this call.
      UnsafeMutableRawBufferPointer(rebasing: bytes[kept..<kept + packet.count]).copyMemory(
        from: UnsafeRawBufferPointer(packet))
      kept += packet.count
    }
    if kept > 0 { try output.write(UnsafeRawBufferPointer(rebasing: bytes[..<kept])) }
  }
}
