using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatApp.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ToolCallsAndOwnSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_conversations_owner_id_source_external_id",
                table: "conversations");

            migrationBuilder.AddColumn<string>(
                name: "tool_calls",
                table: "messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_guest",
                table: "ask_participants",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ix_conversations_owner_id_source_external_id",
                table: "conversations",
                columns: new[] { "owner_id", "source", "external_id" },
                unique: true,
                filter: "external_id IS NOT NULL AND deleted_at IS NULL");

            // By hand: EF makes a table anew outside of the transaction, so that a process that is killed meanwhile leaves a database that can't
            // be migrated any more. Nothing refers to this table. Hidden calls belong to whoever owned what they were about.
            migrationBuilder.Sql(
                """
                CREATE TABLE agent_calls_new (
                    id TEXT NOT NULL CONSTRAINT pk_agent_calls PRIMARY KEY, agent TEXT NOT NULL, conversation_id TEXT NULL, cost TEXT NULL, created_at TEXT NOT NULL,
                    error TEXT NULL, estimated INTEGER NOT NULL, finished_at TEXT NULL, input_tokens INTEGER NOT NULL, model TEXT NULL, output_tokens INTEGER NOT NULL,
                    owner_id TEXT NULL, purpose TEXT NOT NULL, run_id TEXT NULL, status TEXT NOT NULL,
                    CONSTRAINT fk_agent_calls_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE SET NULL,
                    CONSTRAINT fk_agent_calls_users_owner_id FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE);
                INSERT INTO agent_calls_new (id, agent, conversation_id, created_at, error, estimated, finished_at, input_tokens, model, output_tokens, owner_id, purpose, run_id, status)
                    SELECT a.id, a.agent, a.conversation_id, a.created_at, a.error, 0, a.finished_at, a.input_tokens, a.model, a.output_tokens, c.owner_id, a.purpose, a.run_id, a.status
                    FROM agent_calls a LEFT JOIN conversations c ON c.id = a.conversation_id;
                DROP TABLE agent_calls;
                ALTER TABLE agent_calls_new RENAME TO agent_calls;
                CREATE INDEX ix_agent_calls_conversation_id ON agent_calls (conversation_id);
                CREATE INDEX ix_agent_calls_owner_id_created_at ON agent_calls (owner_id, created_at);
                """);

            // The index knows now whose a text is, so that a search passes over everybody else's; temporary chats are not in it. The row in
            // between keeps the owner: when a text is taken out by a cascade, its conversation is gone already.
            migrationBuilder.Sql(
                """
                DROP TRIGGER message_search_insert;
                DROP TRIGGER message_search_update;
                DROP TRIGGER message_search_delete;
                DROP TABLE message_search;
                DROP VIEW message_search_texts;
                ALTER TABLE message_search_rows RENAME TO message_search_rows_before;
                CREATE TABLE message_search_rows (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL);
                INSERT INTO message_search_rows (id, message_id, owner)
                    SELECT r.id, r.message_id, replace(c.owner_id, '-', '')
                    FROM message_search_rows_before r JOIN messages m ON m.id = r.message_id JOIN conversations c ON c.id = m.conversation_id
                    WHERE NOT c.is_temporary ORDER BY r.id;
                DROP TABLE message_search_rows_before;
                CREATE VIEW message_search_texts AS
                    SELECT r.id AS id, r.owner AS owner, m.content AS content FROM message_search_rows r JOIN messages m ON m.id = r.message_id;
                CREATE VIRTUAL TABLE message_search USING fts5(
                    owner, content, content='message_search_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
                INSERT INTO message_search (rowid, owner, content) SELECT id, owner, content FROM message_search_texts;
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

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER message_search_insert;
                DROP TRIGGER message_search_update;
                DROP TRIGGER message_search_delete;
                DROP TABLE message_search;
                DROP VIEW message_search_texts;
                DROP TABLE message_search_rows;
                ALTER TABLE messages DROP COLUMN tool_calls;
                ALTER TABLE ask_participants DROP COLUMN is_guest;
                CREATE TABLE agent_calls_new (
                    id TEXT NOT NULL CONSTRAINT pk_agent_calls PRIMARY KEY, agent TEXT NOT NULL, conversation_id TEXT NULL, created_at TEXT NOT NULL, error TEXT NULL,
                    finished_at TEXT NULL, input_tokens INTEGER NOT NULL, model TEXT NULL, output_tokens INTEGER NOT NULL, purpose TEXT NOT NULL, run_id TEXT NULL,
                    status TEXT NOT NULL,
                    CONSTRAINT fk_agent_calls_conversations_conversation_id FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE);
                INSERT INTO agent_calls_new (id, agent, conversation_id, created_at, error, finished_at, input_tokens, model, output_tokens, purpose, run_id, status)
                    SELECT id, agent, conversation_id, created_at, error, finished_at, input_tokens, model, output_tokens, purpose, run_id, status FROM agent_calls;
                DROP TABLE agent_calls;
                ALTER TABLE agent_calls_new RENAME TO agent_calls;
                CREATE INDEX ix_agent_calls_conversation_id ON agent_calls (conversation_id);
                """);

            migrationBuilder.DropIndex(
                name: "ix_conversations_owner_id_source_external_id",
                table: "conversations");

            migrationBuilder.CreateIndex(
                name: "ix_conversations_owner_id_source_external_id",
                table: "conversations",
                columns: new[] { "owner_id", "source", "external_id" },
                unique: true,
                filter: "external_id IS NOT NULL");

            migrationBuilder.Sql(
                """
                CREATE TABLE message_search_rows (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE);
                CREATE VIEW message_search_texts AS
                    SELECT r.id AS id, m.content AS content FROM message_search_rows r JOIN messages m ON m.id = r.message_id;
                CREATE VIRTUAL TABLE message_search USING fts5(
                    content, content='message_search_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
                INSERT INTO message_search_rows (message_id) SELECT id FROM messages WHERE content <> '' ORDER BY rowid;
                INSERT INTO message_search (rowid, content) SELECT id, content FROM message_search_texts;
                CREATE TRIGGER message_search_insert AFTER INSERT ON messages WHEN new.content <> '' BEGIN
                    INSERT INTO message_search_rows (message_id) VALUES (new.id);
                    INSERT INTO message_search (rowid, content) SELECT id, new.content FROM message_search_rows WHERE message_id = new.id;
                END;
                CREATE TRIGGER message_search_update AFTER UPDATE OF content ON messages WHEN old.content IS NOT new.content BEGIN
                    INSERT INTO message_search (message_search, rowid, content)
                        SELECT 'delete', id, old.content FROM message_search_rows WHERE message_id = old.id;
                    INSERT OR IGNORE INTO message_search_rows (message_id) VALUES (new.id);
                    INSERT INTO message_search (rowid, content) SELECT id, new.content FROM message_search_rows WHERE message_id = new.id;
                END;
                CREATE TRIGGER message_search_delete AFTER DELETE ON messages BEGIN
                    INSERT INTO message_search (message_search, rowid, content)
                        SELECT 'delete', id, old.content FROM message_search_rows WHERE message_id = old.id;
                    DELETE FROM message_search_rows WHERE message_id = old.id;
                END;
                """);
        }
    }
}
