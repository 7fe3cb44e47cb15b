"""示例县, a made-up county: a loopback server that answers as the real platforms do, for the demo and for the tests.

Nobody in it exists. `corpus` reads what its people wrote, `liuyan`, `isso`, `weibo`, `consultation` and `site` answer
as those platforms answer, `server` puts them on a port, `variation` multiplies the corpus for load tests.
"""
