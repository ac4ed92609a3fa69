import Foundation
import StreamKafka
import StreamRuntime
import Testing

/// The rows of a service hold what members bought: nobody but its own user looks into them.
@Suite(.timeLimit(.minutes(10))) struct StateFolderTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "stampede-modes-\(UUID().uuidString)/state/points-engine").path

  private func modes() throws -> [String: mode_t] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try Dictionary(
      uniqueKeysWithValues: (names + ["."]).map { name in
        var status = stat()
        try #require(lstat("\(folder)/\(name)", &status) == 0)
        return (name, status.st_mode & 0o777)
      })
  }

  private func withStore(_ body: () throws -> Void) throws {
    let store = try SQLiteStoreBackend(file: "\(folder)/0.sqlite", stores: ["rows"], cacheKiB: 1_000) { 0 }
    defer { store.close() }
    try body()
  }

  @Test func folderAndFilesAreTheirOwnersAlone() throws {
    try withStore {
      let modes = try modes()
      #expect(modes["."] == 0o700)
      #expect(modes.keys.contains("0.sqlite-wal"), "\(modes.keys)")
      for (name, mode) in modes where name != "." { #expect(mode == 0o600, "\(name)") }
    }
    #expect(StateFolder.close(folder) == .wasClosed)
  }

  @Test func whatEarlierReleasesLeftOpenIsClosedOnceAndLinksAreLeftAlone() throws {
    try withStore {}
    let other = folder + "-other"
    _ = FileManager.default.createFile(atPath: other, contents: nil, attributes: [.posixPermissions: 0o644])
    #expect(symlink(other, "\(folder)/link") == 0)
    for path in [folder, "\(folder)/0.sqlite"] { #expect(chmod(path, 0o755) == 0) }
    #expect(StateFolder.close(folder) == .isClosedNow)
    #expect(try modes()["."] == 0o700 && modes()["0.sqlite"] == 0o600)
    var status = stat()
    #expect(stat(other, &status) == 0 && status.st_mode & 0o777 == 0o644)
    #expect(StateFolder.close(folder) == .wasClosed)
    #expect(StateFolder.close(folder + "-nowhere") == .wasClosed)
    try withStore {}
  }
}
