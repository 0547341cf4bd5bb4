using System.Globalization;
using Bunit;
using ChatApp.Components.Account;
using ChatApp.Components.Chat;
using ChatApp.Conversations;
using ChatApp.Data.Entities;
using ChatApp.Transfer;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChatApp.Tests.Components;

/// <summary>Small parts of the chat page and the report of an import, each in its states.</summary>
public sealed class ChatPartsTests : PageTest
{
    [Fact]
    public async Task TemporaryNotice_SaysHowLong_AndCountsAsALookAtTheChat()
    {
        await StartAsync(("Conversations:TemporaryGrace", "00:05:00"), ("Conversations:TemporaryRetention", "02:00:00"));
        var notice = Render<TemporaryNotice>();
        Assert.Contains("deletes it 5 min after you leave, after 2 hours at the latest", notice.Find(".temporary-notice").TextContent, StringComparison.Ordinal);
        notice.Render(p => p.Add(n => n.ConversationId, Guid.NewGuid()));
        Assert.Single(notice.FindAll(".temporary-notice"));
    }

    [Fact]
    public async Task MessageJump_ShowsOnlyTheCallersOwnMessages()
    {
        await StartAsync();
        Provider.Script("m", s => s.Text("Because.").Finish(), s => s.Text("Because.").Finish());
        var own = await AskAsync("Why?");
        var strangers = await AskAsync("Why?", await CreatePersonAsync());
        var navigation = Services.GetRequiredService<NavigationManager>();
        var jump = Render<MessageJump>(p => p.Add(j => j.ConversationId, own.ConversationId).Add(j => j.Caller, Person));
        Assert.Empty(jump.FindAll("message-jump"));

        navigation.NavigateTo($"/c/{own.ConversationId}?m={own.MessageId}");
        jump.WaitForAssertion(() => Assert.Equal(own.MessageId.ToString(), jump.Find("message-jump").GetAttribute("data-target")));
        foreach (string wanted in new[] { strangers.MessageId.ToString(), Guid.NewGuid().ToString(), "nothing" })
        {
            navigation.NavigateTo($"/c/{own.ConversationId}?m={wanted}");
            jump.WaitForAssertion(() => Assert.Empty(jump.FindAll("message-jump")));
        }
    }

    [Fact]
    public async Task ConversationHead_HasAMenuWhereThereIsSomethingToDo()
    {
        await StartAsync();
        var head = Render<ConversationHead>();
        Assert.Equal("New chat", head.Find("h1").TextContent);
        var kept = await App.Services.GetRequiredService<ConversationService>().CreateAsync(Person, "Kept", null, default);
        head.Render(p => p.Add(h => h.Conversation, kept with { PinnedAt = kept.CreatedAt }));
        Assert.Equal("Kept", head.Find("h1").TextContent);
        Assert.Equal(kept.Id.ToString(), head.Find("[data-row-menu]").Closest("[data-id]")!.GetAttribute("data-id"));
        Assert.True(head.Find("[data-id]").HasAttribute("data-pinned"));
        Assert.False(head.Find("[data-id]").HasAttribute("data-archived"));
        head.Render(p => p.Add(h => h.Conversation, kept with { IsTemporary = true }));
        Assert.Empty(head.FindAll("[data-row-menu]"));
    }

    [Fact]
    public async Task ImportReport_TellsTheNumbersAndInTheReadersLanguageWhatWasLeftOut()
    {
        await StartAsync();
        var clean = Render<ImportReportView>(p => p.Add(r => r.Report, new ImportReport("claude", 1200, 0, 0, 0, null, [new(Guid.NewGuid(), "Fine", ImportOutcome.Imported, 2, [])])));
        Assert.Equal(["1,200", "0", "0"], clean.FindAll("dd").Select(d => d.TextContent));
        Assert.Empty(clean.FindAll("details, .problem"));

        var id = Guid.NewGuid();
        var report = new ImportReport("chatgpt", 1, 2, 1, 0, "The file breaks off or is damaged. Download it again.",
        [
            new(id, "Trip", ImportOutcome.Imported, 2, ["“map.pdf” was left out. Only PNG, JPEG, GIF and WebP images and plain text in UTF-8 can be attached."]),
            new(null, "Broken", ImportOutcome.Refused, 0, ["It has 200,001 messages; at most 100,000 can be taken."]),
        ]);
        InGerman(() =>
        {
            var view = Render<ImportReportView>(p => p.Add(r => r.Report, report));
            Assert.EndsWith("Die Datei bricht ab oder ist beschädigt. Bitte erneut herunterladen.", view.Find(".problem").TextContent, StringComparison.Ordinal);
            Assert.Equal(
            [
                "„map.pdf“ wurde weggelassen. Nur Bilder (PNG, JPEG, GIF, WebP) und reiner Text in UTF-8 lassen sich anhängen.",
                "Sie hat 200,001 Nachrichten; höchstens 100,000 lassen sich übernehmen.",
            ], view.FindAll("li span").Select(s => s.TextContent));
            Assert.Equal($"/c/{id}", view.Find("li a").GetAttribute("href"));
        });
    }

    [Fact]
    public async Task AnswerDetails_NumbersOfTokens_AreWrittenAlike()
    {
        await StartAsync();
        var details = new MessageDetails(
            Guid.NewGuid(), Guid.NewGuid(), "helper", null, null, "p/m", 12_345, 1_000, null, null, false, null, null, null, null, DateTime.UnixEpoch, null,
            [new HiddenCall("title", "helper", "p/m", "completed", 23_456, 1_001)]);
        string shown = Render<AnswerDetails>(p => p.Add(d => d.Details, details)).Markup;
        Assert.Contains("12,345 in, 1,000 out", shown, StringComparison.Ordinal);
        Assert.Contains("23,456 in, 1,001 out", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswerThatFailed_SaysWhyInTheReadersLanguage()
    {
        await StartAsync();
        var message = new MessageView(
            Guid.NewGuid(), Guid.NewGuid(), null, MessageRole.Assistant, MessageStatus.Failed, "", null, null, null, null, null, "provider_unauthorized",
            "The provider OpenAI refused the API key.", DateTime.UnixEpoch);
        Assert.EndsWith("The provider OpenAI refused the API key.", Text(), StringComparison.Ordinal);
        InGerman(() => Assert.EndsWith("Der Anbieter OpenAI hat den API-Schlüssel abgelehnt.", Text(), StringComparison.Ordinal));

        string Text() => Render<AnswerNotice>(p => p.Add(n => n.Message, message)).Find(".answer-notice-text").TextContent;
    }

    private static void InGerman(Action look)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("de");
        try
        {
            look();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
