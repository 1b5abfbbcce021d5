import Foundation
import TestSupport
import Testing

/// Short videos of 25 frames a second are sent at up to twenty times their speed.
@Suite("spot replay sends a video", .serialized)
struct ReplayVideoTests {
  private static let packet = 188

  private let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  private func send(_ video: String, to target: String, _ arguments: String...) throws -> ProgramRun.Result {
    try Program.spot.run(["replay", video, "--to", target, "--speed", "20"] + arguments)
  }

  /// Coded pictures of a file as ffprobe counts them, or their times.
  private func probe(_ path: String, _ entries: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/ffprobe")
    process.arguments = [
      "-v", "quiet", "-count_packets", "-select_streams", "v", "-show_entries", entries, "-of", "csv=p=0",
    ]
    process.arguments?.append(path)
    let result = try ProgramRun(process, input: nil).finish()
    // A transport stream is listed twice: by itself, and within its programme.
    return result.output.split(separator: "\n").map { $0.trimmingCharacters(in: [","]) }
  }

  private func pictures(_ path: String) throws -> Int? {
    try probe(path, "stream=nb_read_packets").first.flatMap { Int($0) }
  }

  private func number(before words: String, in text: String) throws -> Int {
    let pattern = try Regex("(\\d+) \(words)", as: (Substring, Substring).self)
    return try #require(text.firstMatch(of: pattern).flatMap { Int($0.1) }, "\(text)")
  }

  @Test("to UDP: every picture, in datagrams of at most seven packets")
  func udp() throws {
    let receiver = try NetworkReceiver(.udp)
    defer { receiver.stop() }
    let result = try send(Bundled.sample(0), to: "udp://127.0.0.1:\(receiver.port)")
    #expect(result.status == 0, "\(result)")
    let pieces = receiver.settled()
    #expect(pieces.allSatisfy { $0.bytes.count <= 7 * Self.packet && $0.bytes.count.isMultiple(of: Self.packet) })
    #expect(try number(before: "packets", in: result.errors) == pieces.count)
    let copy = try folder.write("copy.ts", receiver.bytes)
    #expect(try pictures(copy) == 300)
    #expect(result.errorLines.first?.contains("(h264, 796×448, 25 frames/s) to udp://127.0.0.1:") == true)
  }

  @Test("within RTP: every picture, and sender reports with the time")
  func rtp() throws {
    let receiver = try NetworkReceiver(.udp)
    defer { receiver.stop() }
    let reports = "rtcpport=\(receiver.port)"
    let result = try send(Bundled.sample(0), to: "rtp://127.0.0.1:\(receiver.port)?\(reports)")
    #expect(result.status == 0, "\(result)")
    let pieces = receiver.settled().map(\.bytes)
    // RFC 3550: version 2; payload type 33 is a transport stream, packet type 200 a sender report.
    #expect(pieces.allSatisfy { $0[0] >> 6 == 2 })
    #expect(pieces.contains { $0[1] == 200 })
    let stream = pieces.filter { $0[1] & 0x7F == 33 }.flatMap { $0.dropFirst(12) }
    #expect(try pictures(folder.write("copy.ts", stream)) == 300)
  }

  @Test("to SRT, to a receiver that listens and to one that calls", .timeLimit(.minutes(1)), arguments: [true, false])
  func srt(isListener: Bool) throws {
    let place = try NetworkReceiver(.udp)
    place.stop()
    usleep(100_000)
    let url = "srt://127.0.0.1:\(place.port)"
    let copy = folder.path("copy.ts")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/ffmpeg")
    process.arguments = [
      "-v", "quiet", "-nostdin", "-i", url + (isListener ? "" : "?mode=listener"), "-c", "copy", copy,
    ]
    if !isListener {
      let receiver = try ProgramRun(process, input: nil)
      usleep(500_000)
      let sent = try send(Bundled.sample(0), to: url)
      #expect(sent.status == 0, "\(sent)")
      _ = try receiver.finish()
    } else {
      let sender = try Program.spot.start([
        "replay", Bundled.sample(0), "--to", url + "?mode=listener", "--speed", "20",
      ])
      try sender.wait(for: "sending", on: .errors)
      usleep(500_000)
      _ = try ProgramRun(process, input: nil).finish()
      #expect(try sender.finish().status == 0)
    }
    #expect(try pictures(copy) == 300)
  }

  @Test("at its own rate, and later by no more than the jitter")
  func timing() throws {
    let video = try folder.makeVideo(frames: 51)
    let receiver = try NetworkReceiver(.udp)
    defer { receiver.stop() }
    for (arguments, seconds) in [([], 2.0), (["--speed", "4", "--jitter", "30"], 0.5)] {
      let before = receiver.settled().count
      let result = try Program.spot.run(["replay", video, "--to", "udp://127.0.0.1:\(receiver.port)"] + arguments)
      #expect(result.status == 0, "\(result)")
      let times = receiver.settled().dropFirst(before).map(\.time)
      let took = try #require(times.last) - (try #require(times.first))
      // Never early but by the first picture's own delay; how late is up to the machine.
      #expect((seconds - 0.04..<seconds + 1).contains(took), "\(took) s of \(seconds)")
      #expect(result.errors.contains("51 pictures in \(String(format: "%.2f", seconds)) s"), "\(result.errors)")
    }
  }

  @Test("a jump of the times is not waited for, whatever the container says that the picture before it lasts")
  func jump() throws {
    for name in ["jump.mp4", "jump.mkv"] {
      let video = try folder.make(
        "\(VideoFolder.pattern) -frames:v 20 -vf setpts=(N+300*gte(N\\,10))/25/TB -vsync passthrough -pix_fmt yuv420p "
          + "-c:v libx264 -bf 0 \(name)")
      let result = try Program.spot.run(["replay", video, "--to", folder.path("\(name).ts")])
      #expect(result.status == 0, "\(result)")
      // 19 steps of 0.04 s, the jump being one.
      #expect(result.errors.contains("20 pictures in 0.76 s"), "\(result.errors)")
    }
  }

  @Test("so slowly that the second picture is never due")
  func slowest() throws {
    let run = try Program.spot.start([
      "replay", folder.makeVideo(frames: 5), "--to", folder.path("slow.ts"), "--speed", "1e-12",
    ])
    try run.wait(for: "sending", on: .errors)
    usleep(500_000)
    #expect(run.isRunning)
    run.signal(SIGINT)
    let result = try run.finish()
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("1 picture in 0.00 s"), "\(result.errors)")
  }

  @Test("with the loss and the damage that were asked for, the same for the same seed")
  func impairment() throws {
    let whole = folder.path("whole.ts")
    #expect(try send(Bundled.sample(0), to: whole).status == 0)
    let packets = try folder.bytes("whole.ts").count / Self.packet
    var copies: [[UInt8]] = []
    for name in ["a.ts", "b.ts"] {
      let result = try send(Bundled.sample(0), to: folder.path(name), "--loss", "0.1", "--seed", "7")
      let lost = try number(before: "lost", in: result.errors)
      // Three standard deviations.
      let expected = Double(packets) * 0.1
      #expect(abs(Double(lost) - expected) < 3 * (expected * 0.9).squareRoot(), "\(lost) of \(packets)")
      #expect(try folder.bytes(name).count == (packets - lost) * Self.packet)
      copies.append(try folder.bytes(name))
    }
    #expect(copies[0] == copies[1])

    let result = try send(Bundled.sample(0), to: folder.path("d.ts"), "--damage", "0.05", "--seed", "7")
    let (right, wrong) = (try folder.bytes("whole.ts"), try folder.bytes("d.ts"))
    let bits = zip(right, wrong).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    #expect(wrong.count == right.count)
    #expect(try number(before: "damaged", in: result.errors) == bits)
    #expect(bits > 0)
    #expect(result.errorLines.first?.hasSuffix("--seed 7") == true)
    // The seed is for delays, too.
    let late = try send(Bundled.sample(0), to: folder.path("j.ts"), "--jitter", "1", "--seed", "7")
    #expect(late.errorLines.first?.hasSuffix("--seed 7") == true)
  }

  @Test("falls silent for a cut, and what was due then is lost")
  func cut() throws {
    let video = try folder.makeVideo(frames: 75)
    let receiver = try NetworkReceiver(.udp)
    defer { receiver.stop() }
    let result = try Program.spot.run([
      "replay", video, "--to", "udp://127.0.0.1:\(receiver.port)", "--cut-at", "0.5,2", "--cut-for", "0.8",
    ])
    #expect(result.status == 0, "\(result)")
    let times = receiver.settled().map(\.time)
    let pauses = zip(times, times.dropFirst()).map { $1 - $0 }.filter { $0 > 0.7 }
    #expect(pauses.count == 2, "\(pauses)")
    #expect(try number(before: "not sent while cut", in: result.errors) > 20)
    #expect(result.errors.contains("75 pictures in 2.96 s"))
    let copy = try folder.write("copy.ts", receiver.bytes)
    #expect(try #require(try pictures(copy)) < 40)
  }

  @Test("breaks a TCP connection for a cut, and makes it again as soon as somebody listens")
  func connectionCut() throws {
    let video = try folder.makeVideo(frames: 75)
    let receiver = try NetworkReceiver(.tcp)
    defer { receiver.stop() }
    let result = try Program.spot.run([
      "replay", video, "--to", "tcp://127.0.0.1:\(receiver.port)", "--cut-at", "1", "--cut-for", "0.5",
    ])
    #expect(result.status == 0, "\(result)")
    let pieces = receiver.settled()
    #expect(Set(pieces.map(\.connection)) == [0, 1])
    for connection in 0...1 {
      #expect(pieces.first { $0.connection == connection }?.bytes.first == 0x47, "a packet's first byte")
    }
    let mended = pieces.filter { $0.connection == 1 }.map(\.time)
    #expect(try #require(mended.first) - (try #require(pieces.last { $0.connection == 0 }).time) > 0.4)
  }

  @Test("again and again, its times going on or beginning again")
  func loop() throws {
    let video = try folder.makeVideo(frames: 25)
    for jumps in [false, true] {
      let copy = folder.path("loop-\(jumps).ts")
      let run = try Program.spot.start(
        ["replay", video, "--to", copy, "--speed", "20", "--loop"] + (jumps ? ["--loop-jump"] : []))
      try run.wait(for: "sending", on: .errors)
      usleep(400_000)
      run.signal(SIGINT)
      let result = try run.finish()
      #expect(result.status == 0, "\(result)")
      #expect(try number(before: "pictures", in: result.errors) > 50)
      let times = try probe(copy, "packet=dts_time").compactMap { Double($0) }
      let steps = zip(times, times.dropFirst()).map { $1 - $0 }
      if jumps {
        #expect(steps.contains { $0 < -0.5 })
      } else {
        #expect(steps.allSatisfy { abs($0 - 0.04) < 0.001 }, "\(steps)")
      }
    }
  }

  @Test("from the key frame at or before a place")
  func from() throws {
    let video = try folder.makeVideo(frames: 50)
    #expect(try send(video, to: folder.path("part.ts"), "--from", "+1.3").status == 0)
    #expect(try pictures(folder.path("part.ts")) == 20)
    expectFailure(
      try send(video, to: folder.path("none.ts"), "--from", "+99"), code: 2,
      "\(video): cannot read: there is nothing at 99.0 s")
  }

  @Test("to standard output and to a FIFO, as somebody reads")
  func pipes() throws {
    let video = try folder.makeVideo(frames: 50)
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-c",
      #"mkfifo fifo; "$0" replay clip.mp4 --to - --speed 20 > a.ts; "$0" replay clip.mp4 --to fifo --speed 20 & cat fifo > b.ts; wait"#,
      try Program.spot.path,
    ]
    shell.currentDirectoryURL = folder.url
    _ = try ProgramRun(shell, input: nil).finish()
    #expect(try pictures(folder.path("a.ts")) == 50)
    #expect(try folder.bytes("a.ts") == folder.bytes("b.ts"))

    try #require(mkfifo(folder.path("lonely"), 0o600) == 0)
    let waiting = try Program.spot.start(["replay", video, "--to", folder.path("lonely")])
    try waiting.wait(for: "sending", on: .errors)
    waiting.signal(SIGINT)
    #expect(try waiting.finish(timeout: 5).status == 0)
  }

  @Test("no further when the other side is not there or goes away: 1")
  func deadPeer() throws {
    let nobody = try NetworkReceiver(.tcp)
    nobody.stop()
    usleep(200_000)
    let url = "tcp://127.0.0.1:\(nobody.port)"
    let refused = try send(Bundled.sample(0), to: url)
    #expect(refused.status == 1)
    #expect(
      refused.errors.contains("spot: \(url): cannot connect: refused (Connection refused, code -111)"), "\(refused)")

    let existing = try folder.write("existing.ts", [1])
    let taken = try send(Bundled.sample(0), to: existing)
    #expect(taken.status == 1)
    #expect(taken.errors.contains("\(existing): cannot connect: refused (File exists, code 17)"), "\(taken)")

    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/bash")
    shell.arguments = ["-c", #""$0" replay "$1" --to - --speed 20 | head -c 1000 > /dev/null; exit ${PIPESTATUS[0]}"#]
    shell.arguments? += [try Program.spot.path, Bundled.sample(0)]
    let broken = try ProgramRun(shell, input: nil).finish()
    #expect(broken.status == 1)
    #expect(broken.errors.contains("standard output: cannot send: refused (Broken pipe, code 32)"), "\(broken)")
  }

  @Test("not when it makes no sense: 2")
  func refusals() throws {
    let video = try folder.makeVideo(frames: 5)
    let target = folder.path("out.ts")
    for (arguments, text) in [
      (
        ["--to", "http://localhost/"],
        "--to: 'http://localhost/' is none of udp://, rtp://, srt://, tcp://, a file, and -"
      ),
      (["--to", target, "--loss", "2"], "--loss: 2.0 is not a number from 0 to 1"),
      (["--to", target, "--damage", "nan"], "--damage: nan"), (["--to", target, "--jitter", "-1"], "--jitter"),
      (["--to", target, "--speed", "0"], "--speed: 0.0 is not a number over 0, up to 10000"),
      (["--to", target, "--cut-at", "1,x"], "--cut-at: 'x' is not a number of seconds"),
      (["--to", target, "--cut-at", "3,4"], "--cut-at: 4.0 comes before the cut at 3.0 is over, which lasts 2.0 s"),
      (["--to", target, "--loop-jump"], "--loop-jump: expected --loop"),
      (["--to", target, "--from", "1200"], "--from: '1200' is not +seconds"),
      (["--to", target, "--bind", "tcp://127.0.0.1:*"], "--bind: \(video) is sent as a video (--to)"),
      (["--to", target, "--curve-key", "k"], "--curve-key: \(video) is sent as a video"),
      (["--loss", "0.1"], "--loss: it is for videos: expected --to, where to send \(video)"),
      ([], "\(video): is no recording of the bus; a video is sent with --to"),
    ] {
      expectFailure(try Program.spot.run(["replay", video] + arguments), code: 2, text)
    }
    let foreign = try folder.make("\(VideoFolder.pattern) -frames:v 3 -c:v mjpeg foreign.avi")
    expectFailure(
      try Program.spot.run(["replay", foreign, "--to", target]), code: 2,
      "\(foreign): cannot send: a transport stream carries no mjpeg; H.264, HEVC, MPEG-1, -2 and -4 can be sent")
    expectFailure(
      try Program.spot.run(["replay", folder.path("missing"), "--to", target]), code: 2, "there is no such file")
    #expect(!FileManager.default.fileExists(atPath: target))
  }
}
