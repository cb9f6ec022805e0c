-- Indexes of the tables, and views for common questions; `sqlite_tables` makes the tables themselves.
CREATE INDEX articles_domain ON articles (domain);
CREATE INDEX articles_cluster ON articles (cluster);
CREATE INDEX articles_published ON articles (published);
CREATE INDEX clusters_origin ON clusters (origin);
CREATE INDEX clusters_canonical ON clusters (canonical);
CREATE INDEX members_cluster ON members (cluster, position);
CREATE INDEX pairs_b ON pairs (b);
CREATE INDEX origins_origin ON origins (origin);
CREATE INDEX evidence_cluster ON evidence (cluster);
CREATE INDEX evidence_about ON evidence (about);
CREATE INDEX evidence_article ON evidence (article);
CREATE INDEX flow_domain ON flow (domain);

CREATE VIEW stories AS
SELECT c.cluster, c.size, a.title, c.origin, c.origin_kind, c.probability, a.domain AS canonical_domain,
  a.published AS canonical_published, c.spread_seconds, c.canonical, a.url AS canonical_url
FROM clusters c JOIN articles a ON a.id = c.canonical ORDER BY c.cluster;

CREATE VIEW copies AS
SELECT m.cluster, m.position, m.role, m.relation, m.direction, m.containment, m.lag_seconds, a.domain, a.title,
  a.published, c.origin, m.article, a.url
FROM members m JOIN articles a ON a.id = m.article JOIN clusters c ON c.cluster = m.cluster
ORDER BY m.cluster, m.position;

CREATE VIEW linked AS
SELECT p.relation, p.longest_run, p.a, x.title AS a_title, x.cluster AS a_cluster, p.b, y.title AS b_title,
  y.cluster AS b_cluster
FROM pairs p JOIN articles x ON x.id = p.a JOIN articles y ON y.id = p.b
WHERE x.cluster IS NULL OR y.cluster IS NULL OR x.cluster <> y.cluster;

CREATE VIEW deduplicated AS
SELECT * FROM articles WHERE cluster IS NULL OR id IN (SELECT canonical FROM clusters);

CREATE VIEW who_republishes_whom AS
SELECT f.origin, f.origin_kind, f.domain, f.articles, f.median_lag_seconds, s.articles AS of_articles,
  round(1.0 * s.not_its_own / s.articles, 4) AS share_not_its_own
FROM flow f JOIN sites s ON s.domain = f.domain ORDER BY f.articles DESC, f.origin, f.domain;
