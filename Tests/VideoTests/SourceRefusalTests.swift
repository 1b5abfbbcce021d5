import Foundation
import Synchronization
import TestSupport
import Testing
import Timeline
import Video

@Suite("what may be opened", .timeLimit(.minutes(1)))
struct SourceRefusalTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  private func failure(_ path: String, _ native: [String: String] = [:]) throws -> VideoError {
    var options = SourceOptions()
    options.native = native
    options.openTimeout = 10
    return try #require(
      #expect(throws: VideoError.self) { try VideoReader(path: path, options: options).all() })
  }

  @Test(
    "protocols that are not on the list are refused by name",
    arguments: [
      ("concat:a.ts|b.ts", "concat"), ("subfile,,start,0,end,9,,:a.ts", "subfile"), ("lavfi:testsrc", "lavfi"),
      ("ftp://127.0.0.1/a.ts", "ftp"), ("data://text,a", "data"), ("tee:a", "tee"), ("CONCAT://a", "concat"),
      ("unix:/run/a", "unix"), ("async:a.ts", "async"), ("cache:a.ts", "cache"), ("gopher://127.0.0.1/", "gopher"),
    ])
  func schemes(path: String, name: String) throws {
    let error = try failure(path)
    #expect(error.reason == .scheme(name))
    #expect(
      error.description.contains("'\(name)' is not allowed, expected a path, -, v4l2:DEVICE or one of file, http"))
  }

  @Test("a file whose name looks like a protocol is a file")
  func names() throws {
    try clips.make("\(pattern) -frames:v 2 -c:v ffv1 clip.mkv")
    let path = try clips.write("concat:a.mkv", clips.bytes("clip.mkv"))
    #expect(try VideoReader(path: path).all().stamps.count == 2)
  }

  @Test(
    "a playlist from a network names no local file and no pseudo-protocol",
    arguments: [
      "file:///etc/passwd", "/etc/passwd", "concat:http://127.0.0.1:1/a.ts|/etc/passwd",
      "subfile,,start,0,end,9,,:/etc/passwd",
      "file:SECRET", "crypto:SECRET",
    ])
  func networkPlaylist(entry: String) throws {
    // Were it opened, it would play.
    try clips.make("\(pattern) -frames:v 5 -c:v mpeg2video secret.ts")
    let item = entry.replacing("SECRET", with: clips.path("secret.ts"))
    let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n\(item)\n#EXT-X-ENDLIST\n"
    let server = try LocalServer.http(["/list.m3u8": Array(playlist.utf8)])
    let error = try failure("http://127.0.0.1:\(server.port)/list.m3u8")
    #expect(
      error.description.contains("a playlist of what may not be opened from a network (files, concat:, …)"), "\(error)")
  }

  @Test("what libav says about a playlist from a network is told, without the passwords of what it names")
  func words() throws {
    let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\npart.ts?token=hidden&n=1\n#EXT-X-ENDLIST\n"
    // A segment that is no video.
    let server = try LocalServer.http { path in
      Array((path.hasPrefix("/list.m3u8") ? playlist : "This is no video.").utf8)
    }
    let error = try failure("http://me:hidden@127.0.0.1:\(server.port)/list.m3u8?token=hidden")
    #expect(
      error.description.contains(
        "…): Error when loading first segment 'http://***@127.0.0.1:\(server.port)/part.ts?token=***&n=1'"),
      "\(error)")
    #expect(!error.description.contains("hidden"))
  }

  @Test("HLS plays to its end")
  func playlist() throws {
    try clips.make(
      "\(pattern) -frames:v 50 -c:v mpeg2video -g 5 -f segment -segment_time 1 -segment_list list.m3u8 part%d.ts")
    var bodies: [String: [UInt8]] = [:]
    for name in ["list.m3u8", "part0.ts", "part1.ts"] { bodies["/" + name] = try clips.bytes(name) }
    let server = try LocalServer.http(bodies)
    let reader = try VideoReader(path: "http://127.0.0.1:\(server.port)/list.m3u8")
    #expect(try reader.all().stamps.count == 50)
    #expect(!reader.keepsOwnPace)
  }

  @Test("a playlist that grows is live, and read on when a segment is added")
  func growingPlaylist() throws {
    try clips.make(
      "\(pattern) -frames:v 75 -c:v mpeg2video -g 5 -f segment -segment_time 1 -segment_list list.m3u8 part%d.ts")
    let whole = String(decoding: try clips.bytes("list.m3u8"), as: UTF8.self).replacing("#EXT-X-ENDLIST\n", with: "")
    let short = whole.prefix(upTo: try #require(whole.ranges(of: "#EXTINF").last?.lowerBound))
    let bodies = Mutex(["/list.m3u8": Array(short.utf8)])
    for index in 0..<3 {
      let bytes = try clips.bytes("part\(index).ts")
      bodies.withLock { $0["/part\(index).ts"] = bytes }
    }
    let server = try LocalServer.http { path in bodies.withLock { $0[path] } }
    let reader = try VideoReader(path: "http://127.0.0.1:\(server.port)/list.m3u8")
    #expect(reader.keepsOwnPace && reader.comesInPieces)
    let picture = Picture(rows: reader.outputSize.rows, columns: reader.outputSize.columns)
    for frame in 0..<70 {
      if frame == 30 { bodies.withLock { $0["/list.m3u8"] = Array(whole.utf8) } }
      #expect(try reader.next(into: picture)?.index == frame)
    }
  }

  @Test("an option that nobody knows, or that would undo a refusal, is an error that names it")
  func options() throws {
    let path = try clips.make("\(pattern) -frames:v 2 -c:v mpeg2video clip.ts")
    #expect(try failure(path, ["colour": "red"]).reason == .option("colour"))
    #expect(
      try failure(path, ["protocol_whitelist": "file,concat"]).description.contains(
        "'protocol_whitelist' may not be set"))
    var known = SourceOptions()
    known.native = ["scan_all_pmts": "1"]
    #expect(try VideoReader(path: path, options: known).all().stamps.count == 2)
    let server = try LocalServer.http(["/clip.ts": clips.bytes("clip.ts")])
    known.native = ["user_agent": "spotd"]
    #expect(try VideoReader(path: "http://127.0.0.1:\(server.port)/clip.ts", options: known).all().stamps.count == 2)
    #expect(try failure("http://127.0.0.1:\(server.port)/clip.ts", ["usr_agent": "x"]).reason == .option("usr_agent"))
  }

  @Test("a capture device that is not there is an error")
  func device() throws {
    let error = try failure("v4l2:/dev/nothing")
    #expect(
      error.operation == .open && error.description.hasPrefix("v4l2:/dev/nothing: cannot open: refused (No such file"))
  }

  @Test("what HTTP answers is told")
  func missing() throws {
    let server = try LocalServer.http([:])
    #expect(try failure("http://127.0.0.1:\(server.port)/clip.ts").description.contains("404 Not Found"))
  }
}
