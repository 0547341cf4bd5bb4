using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatApp.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AskAndDialects : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "points",
                table: "usage",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "cancel_requested_at",
                table: "runs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "metered",
                table: "runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "vision",
                table: "models",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "author_id",
                table: "messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "author_name",
                table: "messages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "external_id",
                table: "conversations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "layer",
                table: "conversations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "source",
                table: "conversations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "system_prompt",
                table: "conversations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "avatar_url",
                table: "agents",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "handle",
                table: "agents",
                type: "TEXT",
                nullable: true);

            // By hand: EF adds a foreign key by making the table anew, outside of the transaction, so that a process that is killed meanwhile
            // leaves a database that can't be migrated any more.
            migrationBuilder.Sql("ALTER TABLE agents ADD COLUMN owner_id TEXT NULL CONSTRAINT fk_agents_users_owner_id REFERENCES users (id) ON DELETE SET NULL");

            migrationBuilder.AddColumn<string>(
                name: "large_model",
                table: "agent_revisions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "moderation_agent",
                table: "agent_revisions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "persona",
                table: "agent_revisions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "agent_calls",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    agent = table.Column<string>(type: "TEXT", nullable: false),
                    model = table.Column<string>(type: "TEXT", nullable: true),
                    purpose = table.Column<string>(type: "TEXT", nullable: false),
                    conversation_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    run_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    error = table.Column<string>(type: "TEXT", nullable: true),
                    input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    finished_at = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_calls", x => x.id);
                    table.ForeignKey(
                        name: "fk_agent_calls_conversations_conversation_id",
                        column: x => x.conversation_id,
                        principalTable: "conversations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ask_sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false, collation: "NOCASE"),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    question = table.Column<string>(type: "TEXT", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    system_prompt = table.Column<string>(type: "TEXT", nullable: true),
                    agent = table.Column<string>(type: "TEXT", nullable: true),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    starts_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    ends_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    allow_anonymous = table.Column<bool>(type: "INTEGER", nullable: false),
                    delivery_mode = table.Column<string>(type: "TEXT", nullable: false),
                    audience_scope = table.Column<string>(type: "TEXT", nullable: false),
                    response_mode = table.Column<string>(type: "TEXT", nullable: false),
                    owner_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    conversation_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    updated_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ask_sessions", x => x.id);
                    table.ForeignKey(
                        name: "fk_ask_sessions_conversations_conversation_id",
                        column: x => x.conversation_id,
                        principalTable: "conversations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "files",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    media_type = table.Column<string>(type: "TEXT", nullable: false),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_files", x => x.id);
                    table.ForeignKey(
                        name: "fk_files_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "points_entries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    owner_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    points = table.Column<int>(type: "INTEGER", nullable: false),
                    note = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_entries", x => x.id);
                    table.ForeignKey(
                        name: "fk_points_entries_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "token_sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    account_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    expires_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_token_sessions", x => x.id);
                    table.ForeignKey(
                        name: "fk_token_sessions_users_account_id",
                        column: x => x.account_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ask_insights",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    session_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    source_message_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    author_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    author_name = table.Column<string>(type: "TEXT", nullable: true),
                    content = table.Column<string>(type: "TEXT", nullable: false),
                    summary = table.Column<string>(type: "TEXT", nullable: true),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    category = table.Column<string>(type: "TEXT", nullable: true),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    priority = table.Column<string>(type: "TEXT", nullable: true),
                    kpis = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    updated_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ask_insights", x => x.id);
                    table.ForeignKey(
                        name: "fk_ask_insights_ask_sessions_session_id",
                        column: x => x.session_id,
                        principalTable: "ask_sessions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ask_participants",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    session_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    account_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    name = table.Column<string>(type: "TEXT", nullable: true),
                    email = table.Column<string>(type: "TEXT", nullable: true),
                    role = table.Column<string>(type: "TEXT", nullable: false),
                    is_spokesperson = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_active = table.Column<bool>(type: "INTEGER", nullable: false),
                    invite_hash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_ask_participants", x => x.id);
                    table.ForeignKey(
                        name: "fk_ask_participants_ask_sessions_session_id",
                        column: x => x.session_id,
                        principalTable: "ask_sessions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_ask_participants_users_account_id",
                        column: x => x.account_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "message_attachments",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    position = table.Column<int>(type: "INTEGER", nullable: false),
                    file_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    url = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_message_attachments", x => new { x.message_id, x.position });
                    table.ForeignKey(
                        name: "fk_message_attachments_files_file_id",
                        column: x => x.file_id,
                        principalTable: "files",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "fk_message_attachments_messages_message_id",
                        column: x => x.message_id,
                        principalTable: "messages",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_conversations_owner_id_source_external_id",
                table: "conversations",
                columns: new[] { "owner_id", "source", "external_id" },
                unique: true,
                filter: "external_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_agents_handle",
                table: "agents",
                column: "handle",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_agents_owner_id",
                table: "agents",
                column: "owner_id");

            migrationBuilder.CreateIndex(
                name: "ix_agent_calls_conversation_id",
                table: "agent_calls",
                column: "conversation_id");

            migrationBuilder.CreateIndex(
                name: "ix_ask_insights_session_id",
                table: "ask_insights",
                column: "session_id");

            migrationBuilder.CreateIndex(
                name: "ix_ask_participants_account_id",
                table: "ask_participants",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "ix_ask_participants_invite_hash",
                table: "ask_participants",
                column: "invite_hash",
                unique: true,
                filter: "invite_hash IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_ask_participants_session_id_account_id",
                table: "ask_participants",
                columns: new[] { "session_id", "account_id" },
                unique: true,
                filter: "account_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_ask_sessions_conversation_id",
                table: "ask_sessions",
                column: "conversation_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_ask_sessions_key",
                table: "ask_sessions",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_files_owner_id",
                table: "files",
                column: "owner_id");

            migrationBuilder.CreateIndex(
                name: "ix_message_attachments_file_id",
                table: "message_attachments",
                column: "file_id");

            migrationBuilder.CreateIndex(
                name: "ix_points_entries_owner_id_created_at",
                table: "points_entries",
                columns: new[] { "owner_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_token_sessions_account_id",
                table: "token_sessions",
                column: "account_id");

            migrationBuilder.CreateIndex(
                name: "ix_token_sessions_expires_at",
                table: "token_sessions",
                column: "expires_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_agents_users_owner_id",
                table: "agents");

            migrationBuilder.DropTable(
                name: "agent_calls");

            migrationBuilder.DropTable(
                name: "ask_insights");

            migrationBuilder.DropTable(
                name: "ask_participants");

            migrationBuilder.DropTable(
                name: "message_attachments");

            migrationBuilder.DropTable(
                name: "points_entries");

            migrationBuilder.DropTable(
                name: "token_sessions");

            migrationBuilder.DropTable(
                name: "ask_sessions");

            migrationBuilder.DropTable(
                name: "files");

            migrationBuilder.DropIndex(
                name: "ix_conversations_owner_id_source_external_id",
                table: "conversations");

            migrationBuilder.DropIndex(
                name: "ix_agents_handle",
                table: "agents");

            migrationBuilder.DropIndex(
                name: "ix_agents_owner_id",
                table: "agents");

            migrationBuilder.DropColumn(
                name: "points",
                table: "usage");

            migrationBuilder.DropColumn(
                name: "cancel_requested_at",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "metered",
                table: "runs");

            migrationBuilder.DropColumn(
                name: "vision",
                table: "models");

            migrationBuilder.DropColumn(
                name: "author_id",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "author_name",
                table: "messages");

            migrationBuilder.DropColumn(
                name: "external_id",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "layer",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "source",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "system_prompt",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "avatar_url",
                table: "agents");

            migrationBuilder.DropColumn(
                name: "handle",
                table: "agents");

            migrationBuilder.DropColumn(
                name: "owner_id",
                table: "agents");

            migrationBuilder.DropColumn(
                name: "large_model",
                table: "agent_revisions");

            migrationBuilder.DropColumn(
                name: "moderation_agent",
                table: "agent_revisions");

            migrationBuilder.DropColumn(
                name: "persona",
                table: "agent_revisions");
        }
    }
}
