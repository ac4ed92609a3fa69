"""What makes clients come through the door: its own port in the broker's answers, and no call it cannot read."""

from .calls import INT16, INT32, METADATA, NEWEST, Reading


def with_own_port(api, version, data, port):
    """The answer to Metadata or FindCoordinator, every broker's port in it changed."""
    data = bytearray(data)
    reading = Reading(data, 4)
    if api == METADATA:
        reading.skip(4 if version >= 3 else 0)  # throttle
        for _ in range(reading.take(INT32)):
            reading.skip(4)  # node id
            reading.text()  # host
            INT32.pack_into(data, reading.at, port)
            reading.skip(4)
            if version >= 1:
                reading.text()  # rack
    else:
        reading.skip(4 if version >= 1 else 0)  # throttle
        error = reading.take(INT16)
        if version >= 1:
            reading.text()  # error message
        reading.skip(4)  # node id
        reading.text()  # host
        if not error:
            INT32.pack_into(data, reading.at, port)
    return data


def with_known_versions(version, data):
    """The answer to ApiVersions, offering no version that the door cannot read."""
    data = bytearray(data)
    reading = Reading(data, 6)  # behind correlation id and error
    if version >= 3:
        count = data[6] - 1  # a varint, of one byte below 128
        assert data[6] < 128, "the broker knows more calls than the door can count"
        reading.skip(1)
    else:
        count = reading.take(INT32)
    for _ in range(count):
        newest = NEWEST.get(reading.take(INT16))
        reading.skip(2)  # oldest version
        if newest is not None:
            INT16.pack_into(data, reading.at, min(newest, INT16.unpack_from(data, reading.at)[0]))
        reading.skip(3 if version >= 3 else 2)
    return data
