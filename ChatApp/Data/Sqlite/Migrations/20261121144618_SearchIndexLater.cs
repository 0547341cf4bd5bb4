using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatApp.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class SearchIndexLater : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // By hand: EF has no words for it. The triggers only note that a message waits for the index; SearchIndex takes its words in.
            migrationBuilder.Sql(
                """
                DROP TRIGGER message_search_insert;
                DROP TRIGGER message_search_update;
                DROP TRIGGER message_search_delete;
                ALTER TABLE message_search_rows ADD COLUMN is_indexed INTEGER NOT NULL DEFAULT 0;
                UPDATE message_search_rows SET is_indexed = 1;
                DROP VIEW message_search_texts;
                CREATE VIEW message_search_texts AS
                    SELECT r.id AS id, r.owner AS owner, m.content AS content FROM message_search_rows r JOIN messages m ON m.id = r.message_id
                    WHERE r.is_indexed;
                CREATE INDEX message_search_waiting ON message_search_rows (id) WHERE NOT is_indexed;
                CREATE TRIGGER message_search_insert AFTER INSERT ON messages WHEN new.content <> '' BEGIN
                    INSERT INTO message_search_rows (message_id, owner)
                        SELECT new.id, replace(owner_id, '-', '') FROM conversations WHERE id = new.conversation_id AND NOT is_temporary;
                END;
                CREATE TRIGGER message_search_update AFTER UPDATE OF content ON messages WHEN old.content IS NOT new.content BEGIN
                    INSERT INTO message_search (message_search, rowid, owner, content)
                        SELECT 'delete', id, owner, old.content FROM message_search_rows WHERE message_id = old.id AND is_indexed;
                    UPDATE message_search_rows SET is_indexed = 0 WHERE message_id = old.id AND is_indexed;
                    INSERT OR IGNORE INTO message_search_rows (message_id, owner)
                        SELECT new.id, replace(owner_id, '-', '') FROM conversations WHERE id = new.conversation_id AND NOT is_temporary;
                END;
                CREATE TRIGGER message_search_delete AFTER DELETE ON messages BEGIN
                    INSERT INTO message_search (message_search, rowid, owner, content)
                        SELECT 'delete', id, owner, old.content FROM message_search_rows WHERE message_id = old.id AND is_indexed;
                    DELETE FROM message_search_rows WHERE message_id = old.id;
                END;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER message_search_insert;
                DROP TRIGGER message_search_update;
                DROP TRIGGER message_search_delete;
                INSERT INTO message_search (rowid, owner, content)
                    SELECT r.id, r.owner, m.content FROM message_search_rows r JOIN messages m ON m.id = r.message_id WHERE NOT r.is_indexed;
                DROP VIEW message_search_texts;
                CREATE VIEW message_search_texts AS
                    SELECT r.id AS id, r.owner AS owner, m.content AS content FROM message_search_rows r JOIN messages m ON m.id = r.message_id;
                DROP INDEX message_search_waiting;
                ALTER TABLE message_search_rows DROP COLUMN is_indexed;
                CREATE TRIGGER message_search_insert AFTER INSERT ON messages WHEN new.content <> '' BEGIN
                    INSERT INTO message_search_rows (message_id, owner)
                        SELECT new.id, replace(owner_id, '-', '') FROM conversations WHERE id = new.conversation_id AND NOT is_temporary;
                    INSERT INTO message_search (rowid, owner, content) SELECT id, owner, new.content FROM message_search_rows WHERE message_id = new.id;
                END;
                CREATE TRIGGER message_search_update AFTER UPDATE OF content ON messages WHEN old.content IS NOT new.content BEGIN
                    INSERT INTO message_search (message_search, rowid, owner, content)
                        SELECT 'delete', id, owner, old.content FROM message_search_rows WHERE message_id = old.id;
                    INSERT OR IGNORE INTO message_search_rows (message_id, owner)
                        SELECT new.id, replace(owner_id, '-', '') FROM conversations WHERE id = new.conversation_id AND NOT is_temporary;
                    INSERT INTO message_search (rowid, owner, content) SELECT id, owner, new.content FROM message_search_rows WHERE message_id = new.id;
                END;
                CREATE TRIGGER message_search_delete AFTER DELETE ON messages BEGIN
                    INSERT INTO message_search (message_search, rowid, owner, content)
                        SELECT 'delete', id, owner, old.content FROM message_search_rows WHERE message_id = old.id;
                    DELETE FROM message_search_rows WHERE message_id = old.id;
                END;
                """);
        }
    }
}
