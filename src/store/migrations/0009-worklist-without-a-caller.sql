-- Who stores over the web may have no name that is an AE title: then there is none to keep, with any instance.
drop trigger worklist_first_instance;
create trigger worklist_first_instance after insert on instances
  when new.calling_ae_title <> '' and (select scanner from worklist where series_id = new.series_id) = ''
begin
  update worklist set scanner = new.calling_ae_title where series_id = new.series_id;
  update worklist_texts set series_text = series_text || char(10) || lower(new.calling_ae_title)
    where series_id = new.series_id;
end;
