# frozen_string_literal: true

require 'json'
require 'socket'

module Millrace
  # What travels between the platform and a runtime of its own, over one Unix socket:
  #
  #   frame  = length (4 bytes, big endian, of all that follows) kind (1 byte)
  #            metaLength (4 bytes, big endian) meta (JSON) body (bytes)
  #
  # The platform sends `invoke`; the runtime sends `ready` once, then `answer`, `error` or `tooLarge` for each
  # `invoke`, or `initError` instead of `ready`.
  class Frames
    INVOKE = 1
    READY = 2
    ANSWER = 3
    ERROR = 4
    INIT_ERROR = 5
    TOO_LARGE = 6

    def self.connect(path)
      new(UNIXSocket.new(path))
    end

    def initialize(socket)
      @socket = socket
    end

    # Kind, meta and body of the next frame; nil when the platform has gone.
    def receive
      head = @socket.read(9)
      return nil if head.nil? || head.bytesize < 9

      length, kind, meta_length = head.unpack('NCN')
      rest = @socket.read(length - 5)
      return nil if rest.nil? || rest.bytesize < length - 5

      [kind, JSON.parse(text(rest, 0, meta_length)), text(rest, meta_length, rest.bytesize)]
    rescue Errno::ECONNRESET
      nil
    end

    def send(kind, meta, body = '')
      meta = JSON.generate(meta).b
      body = body.b
      head = [5 + meta.bytesize + body.bytesize, kind, meta.bytesize].pack('NCN')
      @socket.write(head, meta, body)
    end

    private

    def text(bytes, from, to)
      bytes.byteslice(from, to - from).force_encoding(Encoding::UTF_8)
    end
  end
end
