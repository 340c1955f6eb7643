"""Scrapy's settings, polite ones first: robots.txt, delay, one request at a time, an honest user agent."""

from scrapy.settings.default_settings import DOWNLOADER_MIDDLEWARES_BASE, EXTENSIONS_BASE

from monitor.collect.browser import SLOTS
from monitor.collect.download import SpoolingDownloadHandler
from monitor.paths import SPIDERS_MODULE

BOT_NAME = "eu-monitor"
SPIDER_MODULES = [SPIDERS_MODULE]

ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
AUTOTHROTTLE_ENABLED = False
# Scrapy loads extensions that are only switched off. Its control server runs any code that it receives, so it is removed; its
# cookie middleware loads the list of public suffixes and a second HTTP client in the process that downloads.
EXTENSIONS_BASE = {name: order for name, order in EXTENSIONS_BASE.items() if "RemoteControl" not in name}
DOWNLOADER_MIDDLEWARES_BASE = {name: order for name, order in DOWNLOADER_MIDDLEWARES_BASE.items() if "Cookies" not in name}

# Scrapy does not check certificates by default.
DOWNLOAD_VERIFY_CERTIFICATES = True
# A source that takes too long is left after its open requests; one host gets one request at a time in any case.
CONCURRENT_REQUESTS = 2

DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
RETRY_HTTP_CODES = [429, 500, 502, 503, 504, 522, 524, 408]

# Only http and https: a redirect to file: or data: finds no handler.
DOWNLOAD_HANDLERS = {
    "http": SpoolingDownloadHandler,
    "https": SpoolingDownloadHandler,
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
TWISTED_DNS_RESOLVER = "monitor.collect.guard.GuardedResolver"
DOWNLOADER_MIDDLEWARES = {
    "monitor.collect.guard.GuardMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "monitor.collect.robots.StrictRobotsMiddleware": 100,
    # After redirects and unpacking; off unless MONITOR_BROWSER is set.
    "monitor.collect.browser.BrowserMiddleware": 200,
}
DOWNLOAD_SLOTS = SLOTS
SPIDER_MIDDLEWARES = {"monitor.collect.middlewares.DocumentMiddleware": 100}
ITEM_PIPELINES = {"monitor.collect.pipelines.CollectPipeline": 100}

# Conditional requests: every answer with a validator is kept and asked for again with If-None-Match. The parser always gets
# the whole body, so that a change is never hidden by a 304 after a run that failed.
HTTPCACHE_ENABLED = True
HTTPCACHE_POLICY = "scrapy.extensions.httpcache.RFC2616Policy"
HTTPCACHE_STORAGE = "scrapy.extensions.httpcache.FilesystemCacheStorage"
HTTPCACHE_GZIP = True

LOG_LEVEL = "WARNING"
