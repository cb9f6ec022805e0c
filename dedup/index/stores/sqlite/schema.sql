CREATE TABLE about (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  sum INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE counter (
  number INTEGER PRIMARY KEY,
  articles INTEGER NOT NULL,
  bodies INTEGER NOT NULL,
  pairs INTEGER NOT NULL,
  clusters INTEGER NOT NULL,
  clustered INTEGER NOT NULL,
  text_bytes INTEGER NOT NULL,
  last_article INTEGER NOT NULL,
  last_body INTEGER NOT NULL,
  last_cluster INTEGER NOT NULL,
  last_solved INTEGER NOT NULL,
  sum INTEGER NOT NULL
);

CREATE TABLE dictionary (number INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL);

CREATE TABLE article (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  body INTEGER,
  url TEXT,
  domain TEXT,
  title TEXT,
  published TEXT,
  authors TEXT,
  meta TEXT,
  age REAL NOT NULL,
  said TEXT,
  sum INTEGER NOT NULL
);
CREATE INDEX article_body ON article (body) WHERE body IS NOT NULL;
CREATE INDEX article_body_2 ON article (body) WHERE body IS NOT NULL;
CREATE INDEX article_age ON article (age);
CREATE TABLE name (hash INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (hash, article)) WITHOUT ROWID;

CREATE TABLE text (article INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL);

CREATE TABLE body (
  number INTEGER PRIMARY KEY,
  high INTEGER NOT NULL,
  low INTEGER NOT NULL,
  words INTEGER NOT NULL,
  size INTEGER NOT NULL,
  component INTEGER,
  core INTEGER,
  sum INTEGER NOT NULL
);
CREATE TABLE sketch (body INTEGER PRIMARY KEY, sum INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX body_fingerprint ON body (high);
CREATE INDEX body_component ON body (component) WHERE component IS NOT NULL;
CREATE INDEX body_component_2 ON body (component) WHERE component IS NOT NULL;

CREATE TABLE posting (low INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE posting_new (number INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE posting_crowd (low INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE posting_crowded (low INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE posting_filter (low INTEGER PRIMARY KEY, high INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE posting_state (
  number INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  debt INTEGER NOT NULL,
  postings INTEGER NOT NULL,
  last INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  fresh TEXT NOT NULL,
  gone TEXT NOT NULL,
  sum INTEGER NOT NULL
);

CREATE TABLE mark (page INTEGER PRIMARY KEY, leads BLOB NOT NULL, short BLOB NOT NULL, sum INTEGER NOT NULL);
CREATE TABLE mark_state (number INTEGER PRIMARY KEY, versions BLOB NOT NULL, sum INTEGER NOT NULL);

CREATE TABLE pair (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  relation INTEGER NOT NULL,
  features BLOB NOT NULL,
  PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX pair_b ON pair (b);
CREATE TABLE pair_end (article INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (article, other)) WITHOUT ROWID;

CREATE TABLE cluster (
  number INTEGER PRIMARY KEY,
  canonical INTEGER NOT NULL,
  size INTEGER NOT NULL,
  probability REAL NOT NULL,
  origin TEXT NOT NULL,
  sum INTEGER NOT NULL
);
CREATE TABLE member (
  article INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL,
  place INTEGER NOT NULL,
  relation INTEGER NOT NULL,
  direction INTEGER NOT NULL,
  resemblance INTEGER NOT NULL,
  containment INTEGER NOT NULL,
  lag INTEGER,
  sum INTEGER NOT NULL
);
CREATE INDEX member_cluster ON member (cluster);
CREATE INDEX member_article_2 ON member (article, cluster);

-- Components of many articles, by their smallest body; a change of one gives it a new number.
CREATE TABLE solved (component INTEGER PRIMARY KEY, number INTEGER NOT NULL, sum INTEGER NOT NULL);

CREATE TABLE relation (code INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO relation VALUES {relations};

CREATE VIEW articles AS
  SELECT a.id, a.url, a.domain, a.title, a.published, a.authors, 'c' || m.cluster AS cluster,
    b.words, datetime(a.age, 'unixepoch') AS published_or_stored
  FROM article a LEFT JOIN member m ON m.article = a.number LEFT JOIN body b ON b.number = a.body;

CREATE VIEW clusters AS
  SELECT 'c' || c.number AS cluster, c.size, k.id AS canonical, k.domain AS canonical_domain, k.title,
    json_extract(c.origin, '$.name') AS origin, json_extract(c.origin, '$.kind') AS origin_kind,
    json_extract(c.origin, '$.probability') AS origin_probability, c.probability AS canonical_probability
  FROM cluster c JOIN article k ON k.number = c.canonical;

CREATE VIEW members AS
  SELECT 'c' || m.cluster AS cluster, a.id, a.url, a.domain, a.title, a.published,
    CASE WHEN m.place = 0 THEN 'canonical' WHEN m.relation <= {copies} THEN 'copy' ELSE r.name END AS role,
    r.name AS relation,
    CASE m.direction WHEN 1 THEN 'member_in_canonical' WHEN -1 THEN 'canonical_in_member' END AS direction,
    m.resemblance / 10000.0 AS resemblance, m.containment / 10000.0 AS containment, m.lag AS lag_seconds
  FROM member m JOIN article a ON a.number = m.article LEFT JOIN relation r ON r.code = m.relation;

CREATE VIEW pairs AS
  SELECT x.id AS a, y.id AS b, r.name AS relation
  FROM pair p JOIN article x ON x.number = p.a JOIN article y ON y.number = p.b
  JOIN relation r ON r.code = p.relation WHERE p.relation > 0;
