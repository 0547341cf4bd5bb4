using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatApp.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ChatExperience : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "deleted_at",
                table: "conversations",
                type: "TEXT",
                nullable: true);

            // By hand: EF adds a foreign key by making the table anew, outside of the transaction, so that a process that is killed meanwhile
            // leaves a database that can't be migrated any more.
            migrationBuilder.Sql("ALTER TABLE conversations ADD COLUMN folder_id TEXT NULL CONSTRAINT fk_conversations_folders_folder_id REFERENCES folders (id) ON DELETE SET NULL");

            migrationBuilder.AddColumn<bool>(
                name: "is_temporary",
                table: "conversations",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "titled_by",
                table: "conversations",
                type: "TEXT",
                nullable: false,
                defaultValue: "Message");

            migrationBuilder.CreateTable(
                name: "conversation_tags",
                columns: table => new
                {
                    conversation_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_conversation_tags", x => new { x.conversation_id, x.name });
                    table.ForeignKey(
                        name: "fk_conversation_tags_conversations_conversation_id",
                        column: x => x.conversation_id,
                        principalTable: "conversations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "drafts",
                columns: table => new
                {
                    owner_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    place = table.Column<string>(type: "TEXT", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    agent = table.Column<string>(type: "TEXT", nullable: true),
                    updated_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_drafts", x => new { x.owner_id, x.place });
                    table.ForeignKey(
                        name: "fk_drafts_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "folders",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_folders", x => x.id);
                    table.ForeignKey(
                        name: "fk_folders_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "message_feedback",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    account_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    is_good = table.Column<bool>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_message_feedback", x => new { x.message_id, x.account_id });
                    table.ForeignKey(
                        name: "fk_message_feedback_messages_message_id",
                        column: x => x.message_id,
                        principalTable: "messages",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_message_feedback_users_account_id",
                        column: x => x.account_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "preferences",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    theme = table.Column<string>(type: "TEXT", nullable: true),
                    text_size = table.Column<int>(type: "INTEGER", nullable: true),
                    language = table.Column<string>(type: "TEXT", nullable: true),
                    default_agent = table.Column<string>(type: "TEXT", nullable: true),
                    picture_id = table.Column<Guid>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_preferences", x => x.account_id);
                    table.ForeignKey(
                        name: "fk_preferences_files_picture_id",
                        column: x => x.picture_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_preferences_users_account_id",
                        column: x => x.account_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "prompts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    command = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    updated_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_prompts", x => x.id);
                    table.ForeignKey(
                        name: "fk_prompts_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "shares",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    token = table.Column<string>(type: "TEXT", nullable: false),
                    owner_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    conversation_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    leaf_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    title = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shares", x => x.id);
                    table.ForeignKey(
                        name: "fk_shares_conversations_conversation_id",
                        column: x => x.conversation_id,
                        principalTable: "conversations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_shares_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_conversations_deleted_at",
                table: "conversations",
                column: "deleted_at",
                filter: "deleted_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_conversations_folder_id",
                table: "conversations",
                column: "folder_id");

            migrationBuilder.CreateIndex(
                name: "ix_conversations_updated_at",
                table: "conversations",
                column: "updated_at",
                filter: "is_temporary");

            migrationBuilder.CreateIndex(
                name: "ix_conversation_tags_name",
                table: "conversation_tags",
                column: "name");

            migrationBuilder.CreateIndex(
                name: "ix_folders_owner_id_name",
                table: "folders",
                columns: new[] { "owner_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_message_feedback_account_id",
                table: "message_feedback",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "ix_preferences_picture_id",
                table: "preferences",
                column: "picture_id");

            migrationBuilder.CreateIndex(
                name: "ix_prompts_owner_id_command",
                table: "prompts",
                columns: new[] { "owner_id", "command" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_shares_conversation_id",
                table: "shares",
                column: "conversation_id");

            migrationBuilder.CreateIndex(
                name: "ix_shares_owner_id",
                table: "shares",
                column: "owner_id");

            migrationBuilder.CreateIndex(
                name: "ix_shares_token",
                table: "shares",
                column: "token",
                unique: true);

            // By hand: EF has no words for it. The rows in between give each message a number that no VACUUM changes; the text is in
            // the messages alone. The triggers keep it right whoever writes, within the writer's own transaction.
            migrationBuilder.Sql(
                """
                CREATE TABLE message_search_rows (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE);
                CREATE VIEW message_search_texts AS
                    SELECT r.id AS id, m.content AS content FROM message_search_rows r JOIN messages m ON m.id = r.message_id;
                CREATE VIRTUAL TABLE message_search USING fts5(
                    content, content='message_search_texts', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
                INSERT INTO message_search_rows (message_id) SELECT id FROM messages WHERE content <> '';
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
                """);

            migrationBuilder.DropForeignKey(
                name: "fk_conversations_folders_folder_id",
                table: "conversations");

            migrationBuilder.DropTable(
                name: "conversation_tags");

            migrationBuilder.DropTable(
                name: "drafts");

            migrationBuilder.DropTable(
                name: "folders");

            migrationBuilder.DropTable(
                name: "message_feedback");

            migrationBuilder.DropTable(
                name: "preferences");

            migrationBuilder.DropTable(
                name: "prompts");

            migrationBuilder.DropTable(
                name: "shares");

            migrationBuilder.DropIndex(
                name: "ix_conversations_deleted_at",
                table: "conversations");

            migrationBuilder.DropIndex(
                name: "ix_conversations_folder_id",
                table: "conversations");

            migrationBuilder.DropIndex(
                name: "ix_conversations_updated_at",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "deleted_at",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "folder_id",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "is_temporary",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "titled_by",
                table: "conversations");
        }
    }
}
