import Foundation

/// Runs the command that writes a token. What it says on standard error goes where this process's goes.
enum KafkaTokenCommand {
  static let timeoutMs: Int32 = 10_000

  /// What the command wrote, once it has ended well. A command that is not done in time is killed.
  static func output(of line: String, bytesMax: Int) throws(KafkaTokenFault) -> Data {
    var ends: [Int32] = [-1, -1]
    // Not a pipe: only pipe2 would keep its ends from a command that another thread starts meanwhile.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw KafkaTokenFault("cannot be run: \(sentence(errno))")
    }
    defer { close(ends[0]) }
    let child: pid_t
    do throws(KafkaTokenFault) {
      child = try spawn(line, output: ends[1])
    } catch {
      close(ends[1])
      throw error
    }
    close(ends[1])
    let data = read(ends[0], bytesMax: bytesMax)
    // It leads a process group, so that what it has started ends with it.
    if data == nil { kill(-child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    guard let data else { throw KafkaTokenFault("was not done in \(timeoutMs / 1000) s, or wrote more than a token") }
    guard status == 0 else { throw KafkaTokenFault("failed: its status is \(status >> 8 & 0xFF)") }
    return data
  }

  private static func spawn(_ line: String, output: Int32) throws(KafkaTokenFault) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // This process blocks and ignores signals that a command may live by.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var usual = sigset_t()
    sigemptyset(&usual)
    sigaddset(&usual, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments: [UnsafeMutablePointer<CChar>?] = []
    for word in ["/bin/sh", "-c", line] { arguments.append(strdup(word)) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, "/bin/sh", &actions, &attributes, &arguments, environ)
    guard failure == 0 else { throw KafkaTokenFault("cannot be run: \(sentence(failure))") }
    return child
  }

  /// To the end; nil when that does not come in time or within the limit.
  private static func read(_ descriptor: Int32, bytesMax: Int) -> Data? {
    let deadline = ContinuousClock.now + .milliseconds(Int(timeoutMs))
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while data.count <= bytesMax {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return nil }
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wanted, 1, Int32(left / .milliseconds(1)) + 1)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return nil }
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? data : nil }
      data.append(contentsOf: buffer[..<count])
    }
    return nil
  }

  private static func sentence(_ code: Int32) -> String { String(cString: strerror(code)) }
}
